// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "fakes/fake_clock.h"
#include "fakes/fake_transport.h"
#include "sip/user_agent.h"
#include "torture.h"

namespace rc::sip {

// A user agent that is given one message, bytes as they are, and what it made of it. The fixture of
// the other tests takes only messages that our parser can read back; an answer to a malformed
// request repeats its malformed headers.
class TortureRig : public UserAgent::Listener, private Transport::Listener {
 public:
  TortureRig();

  Reaction react(const std::string& bytes);
  // To a request of that method which has our Via, with what comes after as its response.
  Reaction react_to_response(const std::string& bytes);

 private:
  void on_invite(std::shared_ptr<InviteSession> session) override;
  void on_message(const Message&) override { told_ = true; }
  void on_check_sync() override { told_ = true; }
  void on_open() override {}
  void on_message(std::string_view bytes) override { user_agent_->receive(bytes); }
  void on_closed(const Error&) override {}
  bool hears_response_to_invite(const std::string& bytes);
  bool hears_response_to(const std::string& method, const std::string& bytes);
  std::string with_our_via(const std::string& response) const;

  fakes::FakeClock clock_;
  fakes::FakeTransport transport_;
  std::shared_ptr<InviteSession::Listener> session_listener_;
  std::unique_ptr<UserAgent> user_agent_;
  std::shared_ptr<InviteSession> session_;
  bool told_ = false;
};

// A request without any fault: same method, same dialog or none, SDP if it is an INVITE.
std::string plain_request(const std::string& method, bool in_dialog);

// What is wrong with what a user agent makes of the message; empty: nothing.
std::string judge(const TortureMessage& message);

}  // namespace rc::sip
