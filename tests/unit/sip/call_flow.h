// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sip/registration.h"
#include "user_agent_fixture.h"

namespace rc::sip {

// Plays a call flow that is written down, one step a line; -> is ours, <- the server's:
//
//   dial                              what our application does; see act()
//   -> INVITE offer                   what we must send now: method, or status and method; its body
//   <- 407 INVITE | Name: value       what the server sends: with a header of its own
//   -> INVITE offer | Name            ours must have that header, or with ": value" just that
//   told ended remote 200             what the application has heard since
//
// A body is "offer", "answer", "moved" (a new offer), or none. Whatever we send that no line
// expects is a failure. Requests of the server go into the call, once there is one.
class CallFlow : public UserAgentTest, public Registration::Listener {
 protected:
  void play(const std::string& script);

 private:
  struct Step {
    std::string arrow;   // "->", "<-" or empty
    std::string text;    // "407 INVITE"
    std::string body;    // of the message
    std::string header;  // "Name: value" or "Name"
  };

  static Step read(std::string_view line);
  void run(const Step& step);
  void act(const std::string& what);
  void start_registration();
  void expect(const Step& step);
  void serve(const Step& step);
  void serve_response(const Step& step, int status, const std::string& method);
  void serve_request(const Step& step);
  void expect_no_more();

  void on_registered(std::chrono::seconds expires) override {
    notes_.add("registered " + std::to_string(expires.count()));
  }
  void on_registration_failed(const Registration::Failure& failure) override {
    notes_.add("not registered " + std::to_string(failure.status));
  }

  std::shared_ptr<InviteSession> session_;
  std::unique_ptr<Registration> registration_;
  Message invite_ = Message::response(500);  // the server's last
  Outcome outcome_;
  size_t next_ = 0;  // of what we sent: the first that no step has expected yet
};

}  // namespace rc::sip
