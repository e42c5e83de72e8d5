// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <map>
#include <string>

#include "box.h"
#include "json_text.h"

namespace standin {

// The REST API of the stand-in: OAuth (JWT and refresh grant, revoke) and sip-provision.
// Thread: the loop's.
class Rest {
 public:
  explicit Rest(Box& box) : box_(box) {}

  // Adds the handlers below /restapi to the server.
  void attach(SoupServer* server);

 private:
  struct Reply {
    guint status = 200;
    std::string body;
  };
  using Handler = Reply (Rest::*)(SoupServerMessage*);
  struct Route {
    const char* path;
    const char* rate_group;  // "auth", "heavy"
    int rate_limit;          // per 60 s
    Handler handler;
  };
  static const std::vector<Route>& routes();
  static void on_request(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                         gpointer self);

  void respond(SoupServerMessage* message, const std::string& path);
  void send(SoupServerMessage* message, const Reply& reply);
  bool within_rate(SoupServerMessage* message, const Route& route);

  Reply token(SoupServerMessage* message);
  Reply revoke(SoupServerMessage* message);
  Reply provision(SoupServerMessage* message);

  Reply grant_jwt(const Account& account, GHashTable* form);
  Reply grant_refresh(const Account& account, GHashTable* form);
  Reply token_body(const Directory::Tokens& tokens, const Account& account);
  const Account* client_of(SoupServerMessage* message, GHashTable* form);
  // The account of the bearer token, or the error to send in reply.
  const Account* bearer(SoupServerMessage* message, Reply& reply);
  std::string provision_body(const Account& account, const Device& device);

  Box& box_;
  std::map<std::string, std::deque<gint64>> recent_;  // times of requests by group and client
};

// {"errorCode":...,"message":...,"errors":[...]}; with the OAuth pair when oauth_error is given.
std::string rest_error(std::string_view code, std::string_view message,
                       std::string_view oauth_error = {});

}  // namespace standin
