// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/login.h"

#include "core/log.h"
#include "rest/provision.h"

namespace rc::phone {

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
  const std::string id = "urn:uuid:" + instance.value();
  if (auto account = folder_->load_account(key_, clock_.wall()))
    return answer(Device{std::move(*account), id, true}, done);
  provision(id, std::move(done));
}

void Login::answer(Result<Device> device, const Done& done) {
  answer_timer_ =
      clock_.after(std::chrono::seconds(0), [device = std::move(device), done] { done(device); });
}

void Login::provision(const std::string& instance_id, Done done) {
  told_("logging in", nullptr);
  auth_->token([this, instance_id, done = std::move(done)](Result<std::string> token) {
    if (!token.ok()) return done(token.error());
    told_("logged in", nullptr);
    rest::provision(*api_, {}, [this, instance_id, done](Result<rest::SipAccount> account) {
      if (!account.ok()) return done(account.error());
      told_("provisioned", nullptr);
      const auto saved = folder_->save_account(key_, account.value(), clock_.wall());
      if (!saved.ok()) RC_LOG(kPhone, WARNING, "not remembered: " + saved.error().message);
      done(Device{std::move(account).value(), instance_id, false});
    });
  });
}

void Login::forget() {
  if (folder_) folder_->forget_account(key_);
}

}  // namespace rc::phone
