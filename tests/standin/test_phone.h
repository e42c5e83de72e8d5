// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <libsoup/soup.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "loop.h"
#include "server.h"
#include "sip_text.h"

namespace standin {

// A SIP client for the stand-in's own tests: sends what the test writes, good or bad, and keeps
// what comes. Thread: the test's; the socket lives on a loop of its own.
class TestPhone {
 public:
  struct Options {
    std::string extension = "101";
    std::string user_agent = "test-phone";
    std::string instance = "urn:uuid:00000000-0000-4000-8000-000000000101";
  };
  TestPhone(Server& server, Options options);
  ~TestPhone();
  TestPhone(const TestPhone&) = delete;
  TestPhone& operator=(const TestPhone&) = delete;

  bool connect();
  // REGISTER, 401, REGISTER: the final response (status 0 when none came).
  SipMessage register_line(int expires = 60);

  void send(const std::string& text);
  void send(const SipMessage& message) { send(message.to_text()); }
  // The next message, not yet taken, whose start line starts with this; status 0 and no method at
  // timeout.
  SipMessage expect(const std::string& start,
                    std::chrono::milliseconds timeout = std::chrono::seconds(5));
  bool closed();
  bool wait_closed(std::chrono::milliseconds timeout);

  // A request with the headers that every request needs; fresh branch, next CSeq.
  SipMessage request(const std::string& method, const std::string& uri);
  SipMessage invite(const std::string& user, const std::string& sdp);
  // INVITE, 407, ACK, INVITE: the last one, which waits for its answers.
  SipMessage invite_authorised(const std::string& user, const std::string& sdp,
                               const std::vector<SipHeader>& headers = {});
  SipMessage respond(const SipMessage& request, int status, const std::string& sdp = {},
                     const std::vector<SipHeader>& headers = {});
  SipMessage ack(const SipMessage& invite, const SipMessage& response);
  SipMessage cancel(const SipMessage& invite);
  SipMessage in_dialog(const std::string& method, const SipMessage& invite,
                       const SipMessage& response);
  std::string credentials(const SipMessage& challenge, const std::string& method,
                          const std::string& uri) const;

  Loop& loop() { return loop_; }

 private:
  static void on_connected(GObject* session, GAsyncResult* result, gpointer self);
  static void on_message(SoupWebsocketConnection*, int type, GBytes* bytes, gpointer self);
  static gboolean trust(SoupMessage*, GTlsCertificate*, GTlsCertificateFlags, gpointer self);

  Server& server_;
  Options options_;
  Account account_;
  Loop loop_;
  SoupSession* session_ = nullptr;
  SoupWebsocketConnection* socket_ = nullptr;
  std::vector<SipMessage> inbox_;
  std::uint32_t cseq_ = 100;
  std::string call_id_ = "register@phone";
};

// The control API over HTTP, not by the short cut of Server::control(): status and body.
std::pair<unsigned, std::string> ask_control(const Server& server, const std::string& method,
                                             const std::string& path, const std::string& body,
                                             const std::string& token);

}  // namespace standin
