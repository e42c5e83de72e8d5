// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/login.h"

#include "core/log.h"
#include "rest/provision.h"

namespace rc::phone {

std::string name_of(const rest::SipAccount& account) {
  return account.own_number.empty() ? account.username : account.own_number;
}

sip::Account sip_account(const rest::SipAccount& account) {
  return {account.username, account.domain, {}, account.authorization_id, account.password};
}

Login::Login(Clock& clock, const Settings& settings, Told told)
    : clock_(clock),
      settings_(settings),
      key_(rest::line_key(settings.credentials, {})),
      told_(std::move(told)) {}

Result<void> Login::open() {
  if (api_) return {};
  auto folder = rest::StateFolder::open(settings_.state_folder);
  if (!folder.ok()) return folder.error();
  rest::SoupHttp::Options options;
  options.ca_file = settings_.credentials.ca_file;
  options.insecure = settings_.insecure;
  auto http = rest::SoupHttp::make(clock_, std::move(options));
  if (!http.ok()) return http.error();
  folder_ = std::move(folder).value();
  http_ = std::move(http).value();
  retrying_http_ = std::make_unique<rest::RetryingHttp>(
      *http_, clock_, [this](const Error& why, std::chrono::seconds wait) {
        told_(why.message + " - trying again in " + std::to_string(wait.count()) + " s", &why);
      });
  auth_ = std::make_unique<rest::Auth>(*retrying_http_, clock_, settings_.credentials);
  api_ = std::make_unique<rest::Api>(*retrying_http_, *auth_);
  return {};
}

void Login::device(Done done) {
  const auto opened = open();
  if (!opened.ok()) return answer(opened.error(), done);
  auto instance = folder_->instance_id(key_);
  if (!instance.ok()) return answer(instance.error(), done);
  log_in("urn:uuid:" + instance.value(), Outcome<Device>(std::move(done)));
}

void Login::answer(Result<Device> device, const Done& done) {
  answer_timer_ =
      clock_.after(std::chrono::seconds(0), [device = std::move(device), done] { done(device); });
}

void Login::log_in(const std::string& instance_id, const Outcome<Device>& outcome) {
  told_("logging in to " + settings_.credentials.server, nullptr);
  auth_->token([this, instance_id, outcome](const Result<std::string>& token) {
    if (!token.ok()) return outcome(token.error());
    outcome.step([&] { provision(instance_id, outcome); });
  });
}

void Login::provision(const std::string& instance_id, const Outcome<Device>& outcome) {
  told_("logged in", nullptr);
  rest::provision(*api_, folder_->device_id(key_), [this, instance_id, outcome](auto account) {
    outcome.step([&] { take_account(std::move(account), instance_id, outcome); });
  });
}

void Login::take_account(Result<rest::SipAccount> account, const std::string& instance_id,
                         const Outcome<Device>& outcome) {
  // A device that the server no longer knows must not keep the line away for ever.
  if (!account.ok() && account.error().code == Errc::kRejected) forget();
  if (!account.ok()) return outcome(account.error());
  told_("provisioned as " + name_of(account.value()), nullptr);
  remember_device(account.value().device_id);
  outcome(Device{std::move(account).value(), instance_id});
}

void Login::remember_device(const std::string& id) {
  const auto saved = folder_->save_device_id(key_, id);
  if (!saved.ok()) RC_LOG(kPhone, WARNING, "device not remembered: " + saved.error().message);
}

void Login::forget() {
  if (folder_) remember_device({});
}

}  // namespace rc::phone
