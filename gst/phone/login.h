// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/clock.h"
#include "core/outcome.h"
#include "phone/phone.h"
#include "rest/api.h"
#include "rest/retrying_http.h"
#include "rest/sip_account.h"
#include "rest/soup_http.h"
#include "rest/state_folder.h"
#include "sip/user_agent.h"

namespace rc::phone {

std::string name_of(const rest::SipAccount& account);  // for a person: its number, if it has one
sip::Account sip_account(const rest::SipAccount& account);

// From credentials to a SIP account: log in and provision, as the device of an earlier run.
// Owned by PhoneCore. Thread: signalling.
class Login {
 public:
  struct Device {
    rest::SipAccount account;
    std::string instance_id;  // "urn:uuid:..."
  };
  // A step is done ("logged in"), or, with an error, a wait before the next try begins.
  using Told = std::function<void(const std::string& text, const Error* error)>;
  using Done = std::function<void(Result<Device>)>;

  Login(Clock& clock, const Settings& settings, Told told);

  // Callback once, never inside this call; not after destruction.
  void device(Done done);
  bool logged_in() const { return auth_ && auth_->logged_in(); }
  // What the app may do, once logged in; see rest::Auth.
  std::string scopes() const { return auth_ ? auth_->scopes() : std::string(); }
  // The server refused the device: the next device() gets another one.
  void forget();

 private:
  Result<void> open();
  void log_in(const std::string& instance_id, const Outcome<Device>& outcome);
  void provision(const std::string& instance_id, const Outcome<Device>& outcome);
  void take_account(Result<rest::SipAccount> account, const std::string& instance_id,
                    const Outcome<Device>& outcome);
  void remember_device(const std::string& id);
  void answer(Result<Device> device, const Done& done);

  Clock& clock_;
  const Settings settings_;
  const std::string key_;
  Told told_;
  std::optional<rest::StateFolder> folder_;
  std::unique_ptr<rest::SoupHttp> http_;
  std::unique_ptr<rest::RetryingHttp> retrying_http_;
  std::unique_ptr<rest::Auth> auth_;
  std::unique_ptr<rest::Api> api_;
  Timer answer_timer_;
};

}  // namespace rc::phone
