// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "phone/login.h"
#include "phone/phone.h"
#include "phone/stun_probe.h"
#include "rest/soup_http.h"
#include "sip/registration.h"
#include "sip/user_agent.h"
#include "sip/ws_transport.h"

namespace rc::phone {

// Goes the way of a phone once, with the device that it would have, and says of each step what it
// found: server, clock, login, permission, digital line, emergency address, STUN, the SIP server,
// a slot for the device; it un-registers in the end. A step that others build on ends it.
// Owned by a program. Thread: signalling. Calls that come meanwhile are not answered.
class AccountCheck : public sip::Transport::Listener,
                     public sip::Registration::Listener,
                     public sip::UserAgent::Listener {
 public:
  struct Finding {
    bool ok = false;
    std::string text;  // what is right, or what is missing and what to do about it
  };
  using Told = std::function<void(const Finding&)>;
  using Done = std::function<void(bool good)>;  // all was right; once

  AccountCheck(Clock& clock, const Settings& settings, Told told);
  ~AccountCheck() override;

  void run(Done done);

 private:
  void say(std::string text) { told_({true, std::move(text)}); }
  void miss(const std::string& what, const std::string& why);
  void finish();

  void reach_server();
  void check_clock(std::string_view date);
  void log_in();
  void on_login_step(const std::string& text, const Error* error);
  void on_device(Result<Login::Device> device);
  void check_line();
  void check_stun(size_t number);
  void connect();

  void on_open() override;
  void on_message(std::string_view bytes) override;
  void on_closed(const Error& reason) override;
  void on_registered(std::chrono::seconds expires) override;
  void on_registration_failed(const sip::Registration::Failure& failure) override;
  void on_invite(std::shared_ptr<sip::InviteSession>) override {}
  void on_message(const sip::Message&) override {}
  void on_check_sync() override {}

  Clock& clock_;
  const Settings settings_;
  const Told told_;
  Done done_;
  bool good_ = true, logged_in_ = false, over_ = false;
  std::unique_ptr<rest::SoupHttp> http_;
  std::unique_ptr<Login> login_;
  Login::Device device_;
  std::unique_ptr<StunProbe> stun_;
  std::unique_ptr<sip::UserAgent> user_agent_;
  std::unique_ptr<sip::Registration> registration_;
  std::unique_ptr<sip::WsTransport> transport_;
  Timer next_;  // never destroys what is calling
};

}  // namespace rc::phone
