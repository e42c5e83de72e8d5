// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <list>
#include <map>
#include <string>

#include "box.h"

namespace standin {

class Call;

// The control API (README.md): everything a test may ask of the stand-in, as JSON. Loopback only,
// Bearer control token. Thread: the loop's.
class Control {
 public:
  struct Request {
    std::string method;
    std::string path;  // below /standin, "/calls/call-1"
    std::map<std::string, std::string> query;
    std::string body;
  };
  struct Reply {
    unsigned status = 200;
    std::string body;
  };

  Control(Box& box, std::string token);
  ~Control();
  Control(const Control&) = delete;
  Control& operator=(const Control&) = delete;

  void attach(SoupServer* server);
  Reply handle(const Request& request);
  // Looks again at the requests that wait for something.
  void look_again();

 private:
  // A long poll. Its answer is made anew when done() holds or the time is over.
  struct Waiting {
    SoupServerMessage* message;
    Request request;
    gint64 deadline_us;
  };
  static void on_request(SoupServer*, SoupServerMessage* message, const char* path,
                         GHashTable* query, gpointer self);
  bool allowed(SoupServerMessage* message) const;
  void answer(SoupServerMessage* message, const Reply& reply);
  // True when the request asks to wait for something that is not so yet.
  bool must_wait(const Request& request);
  void wait_for(SoupServerMessage* message, const Request& request);

  Reply calls(const Request& request);
  Reply place_call(const Request& request);
  Reply set_number(const Request& request);
  Reply call(const Request& request, const std::string& id, const std::string& action);
  bool act(Call& call, const std::string& action, const std::string& body);
  Reply request_in_call(const Request& request, Call& call);
  Request ask_client(const Request& request);
  bool final_response(const Request& request);
  Reply flow(const Request& request, const std::string& extension, const std::string& action);
  void send_raw(std::uint64_t flow, const Request& request);
  Reply restart(const Request& request);
  Reply registrations(const Request& request);
  Reply log(const Request& request);
  Reply violations(const Request& request);
  Reply faults(const Request& request);
  Reply proxies(const Request& request);

  Box& box_;
  std::string token_;
  std::list<Waiting> waiting_;
};

Control::Reply control_error(unsigned status, const std::string& message);
// Of the query; empty when it is missing.
std::string control_parameter(const Control::Request& request, const std::string& name);

}  // namespace standin
