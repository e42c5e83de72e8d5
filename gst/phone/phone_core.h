// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "call/line.h"
#include "core/clock.h"
#include "core/pacer.h"
#include "phone/backoff.h"
#include "phone/login.h"
#include "phone/phone.h"
#include "sip/registration.h"
#include "sip/ws_transport.h"

namespace rc::phone {

// The phone on its signalling thread: log in -> provision -> connect -> register, and again when
// something breaks; the line survives it all. Owned by the Phone handle, lives on its thread.
class PhoneCore : public sip::Transport::Listener,
                  public sip::Registration::Listener,
                  public call::Line::Listener {
 public:
  using StatusSink = std::function<void(const Status&)>;

  PhoneCore(Clock& clock, Settings settings, call::MediaFactory media, StatusSink on_status);
  ~PhoneCore() override;

  void start();
  void add_listener(std::weak_ptr<phone::Listener> listener);
  // Hangs up, un-registers, closes the socket; then `done`, within kGoodbyeLimit.
  void close(std::function<void()> done);
  call::Line& line() { return line_; }

 private:
  void on_open() override;
  void on_message(std::string_view bytes) override;
  void on_closed(const Error& reason) override;
  void on_registered(std::chrono::seconds expires) override;
  void on_registration_failed(const sip::Registration::Failure& failure) override;
  void on_call(const call::CallInfo& call) override;
  void on_stats(const call::CallInfo& call, const call::CallStats& stats) override;
  bool on_call_received(const call::CallInfo& call) override;
  bool on_seat_wanted(const call::CallInfo& call) override;
  void on_provision_again() override;

  void log_in();
  void on_device(Result<Login::Device> device);
  void on_no_device(const Error& reason);
  void step(const std::function<void()>& body);
  void use_device(Login::Device device);
  void use_account(const rest::SipAccount& account);
  call::Line::Media line_media(const rest::SipAccount& account) const;
  void connect();
  void pace_pings(bool in_call);
  void drop_socket(const Error& reason);
  void try_again(const Error& reason, std::chrono::milliseconds at_least);
  void provision_anew();
  void give_up(const Error& reason);
  void tell(State state, const std::string& text, const Error* error = nullptr);
  template <typename Call>
  void each_listener(Call call);
  void say_goodbye();
  void finish_close();

  Clock& clock_;
  const Settings settings_;
  call::MediaFactory media_;
  StatusSink on_status_;
  Status status_;
  std::vector<std::weak_ptr<phone::Listener>> listeners_;
  call::Line line_;
  Login login_;
  std::unique_ptr<Login::Device> device_;
  std::unique_ptr<sip::Registration> registration_;
  std::unique_ptr<sip::WsTransport> transport_;
  std::vector<std::unique_ptr<sip::WsTransport>> dead_transports_;  // not destroyed in a callback
  bool started_ = false, was_registered_ = false;
  bool logging_in_ = false, provisioned_anew_ = false, on_backup_ = false;
  Backoff backoff_;
  Pacer provision_pacer_;  // of what the server asks for (check-sync)
  Timer retry_timer_, slow_timer_, goodbye_timer_, bury_timer_;
  Clock::Duration bye_until_{};
  std::function<void()> on_closed_;  // set: close() is under way
};

}  // namespace rc::phone
