// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/phone_core.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/guard.h"
#include "core/log.h"
#include "rest/url.h"

namespace rc::phone {
namespace {

using namespace std::chrono_literals;

constexpr auto kSlow = 10s;             // gst-launch must not be held longer (design.md 3)
constexpr auto kGoodbyeLimit = 1200ms;  // all of close()
constexpr auto kByeLimit = 500ms;       // of these, for BYEs to be answered
constexpr auto kGoodbyePoll = 10ms;
constexpr auto kProvisionInterval = 1min;   // each costs a login's worth of requests and the socket
constexpr auto kTooManyContactsWait = 30s;  // a dead device's slot is freed after about 2 min

bool same_account(const rest::SipAccount& a, const rest::SipAccount& b) {
  return a.username == b.username && a.domain == b.domain && a.password == b.password &&
         a.authorization_id == b.authorization_id;
}

bool is_for_the_user(Errc code) { return code == Errc::kAuth || code == Errc::kConfig; }

}  // namespace

PhoneCore::PhoneCore(Clock& clock, Settings settings, call::MediaFactory media,
                     StatusSink on_status)
    : clock_(clock),
      settings_(std::move(settings)),
      media_(std::move(media)),
      on_status_(std::move(on_status)),
      line_(clock, settings_.line, this),
      login_(clock, settings_,
             [this](const std::string& text, const Error* error) {
               tell(error != nullptr ? State::kRetrying : State::kConnecting, text, error);
             }),
      provision_pacer_(clock, kProvisionInterval, [this] { provision_anew(); }) {}

PhoneCore::~PhoneCore() {
  registration_.reset();
  if (transport_) transport_->close();
}

// --- listeners ---

template <typename Call>
void PhoneCore::each_listener(Call call) {
  const auto listeners = listeners_;  // a callback may add one
  for (const auto& weak : listeners)
    if (const auto listener = weak.lock()) std::ignore = guard([&] { call(*listener); });
  std::erase_if(listeners_, [](const auto& weak) { return weak.expired(); });
}

void PhoneCore::add_listener(std::weak_ptr<phone::Listener> listener) {
  if (const auto strong = listener.lock(); strong && started_) strong->on_status(status_);
  listeners_.push_back(std::move(listener));
}

void PhoneCore::tell(State state, const std::string& text, const Error* error) {
  status_.state = state;
  status_.text = text;
  status_.error = error != nullptr ? std::optional(*error) : std::nullopt;
  RC_LOG(kPhone, INFO, std::string(to_string(state)) + ": " + text);
  on_status_(status_);
  each_listener([this](phone::Listener& listener) { listener.on_status(status_); });
}

void PhoneCore::on_call(const call::CallInfo& call) {
  const size_t ended = call.state == call::CallState::kEnded ? 1 : 0;
  pace_pings(line_.calls() > ended);
  each_listener([&call](phone::Listener& listener) { listener.on_call(call); });
}

void PhoneCore::on_stats(const call::CallInfo& call, const call::CallStats& stats) {
  each_listener([&](phone::Listener& listener) { listener.on_stats(call, stats); });
}

// In a call a dead socket matters sooner: found within 10 s, else within 20 s (reliability.md R2).
void PhoneCore::pace_pings(bool in_call) {
  if (transport_) transport_->set_ping_interval(in_call ? 5s : 15s);
}

bool PhoneCore::on_call_received(const call::CallInfo& call) {
  bool taken = false;
  each_listener(
      [&](phone::Listener& listener) { taken = listener.on_call_received(call) || taken; });
  return taken;
}

// The first that brings one: a call has one seat.
bool PhoneCore::on_seat_wanted(const call::CallInfo& call) {
  bool comes = false;
  each_listener([&](phone::Listener& listener) { comes = comes || listener.on_seat_wanted(call); });
  return comes;
}

// --- log in, provision ---

void PhoneCore::start() {
  if (std::exchange(started_, true)) return;
  slow_timer_ = clock_.after(kSlow, [this] {
    status_.slow = true;
    tell(status_.state, "not registered yet, trying on");
  });
  tell(State::kConnecting, "connecting");
  log_in();
}

void PhoneCore::log_in() {
  if (std::exchange(logging_in_, true)) return;
  step([this] {
    login_.device([this](Result<Login::Device> device) { on_device(std::move(device)); });
  });
}

void PhoneCore::on_device(Result<Login::Device> device) {
  logging_in_ = false;
  if (on_closed_) return;
  if (!device.ok()) return on_no_device(device.error());
  step([&] { use_device(std::move(device).value()); });
}

// A step that throws has failed like any other, and all is tried again from the login on.
void PhoneCore::step(const std::function<void()>& body) {
  const auto done = guard(body);
  if (done.ok()) return;
  logging_in_ = false;
  device_.reset();
  drop_socket(done.error());
  on_no_device(done.error());
}

void PhoneCore::on_no_device(const Error& reason) {
  if (is_for_the_user(reason.code)) return give_up(reason);
  try_again(reason, 1s);
}

void PhoneCore::use_device(Login::Device device) {
  const bool known = device_ && same_account(device_->account, device.account);
  device_ = std::make_unique<Login::Device>(std::move(device));
  status_.own_number = device_->account.own_number;
  if (!known) use_account(device_->account);
  connect();
}

// Another identity: calls of the old one cannot go on.
void PhoneCore::use_account(const rest::SipAccount& account) {
  line_.hang_up_all("the line was provisioned anew");
  registration_.reset();
  sip::UserAgent::Options options;
  options.account = sip_account(account);
  options.product =
      settings_.user_agent.empty() ? "gst-ringcentral/" RC_VERSION : settings_.user_agent;
  options.ring_limit = settings_.line.ring_limit;
  line_.use_account(std::move(options), line_media(account));
  sip::Registration::Options registration;
  registration.instance_id = device_->instance_id;
  registration_ =
      std::make_unique<sip::Registration>(*line_.user_agent(), clock_, registration, this);
}

// A server on loopback is a stand-in: its media is there too, and libnice leaves loopback out
// unless it is told to use it.
call::Line::Media PhoneCore::line_media(const rest::SipAccount& account) const {
  call::Line::Media media{media_, account.stun_servers, settings_.local_address};
  if (!settings_.stun_server.empty()) media.stun_servers = {settings_.stun_server};
  if (media.local_address.empty() && rest::is_loopback_url(settings_.credentials.server))
    media.local_address = "127.0.0.1";
  return media;
}

// The same device, unless it was forgotten before: while its account stays as it is, calls go on.
void PhoneCore::provision_anew() {
  retry_timer_.cancel();
  drop_socket({Errc::kClosed, "provisioning anew"});
  log_in();
}

void PhoneCore::on_provision_again() { provision_pacer_.ask(); }

// --- connect, register ---

void PhoneCore::connect() {
  const rest::SipAccount& account = device_->account;
  const bool backup = on_backup_ && !account.outbound_proxy_backup.empty();
  sip::WsTransport::Options options;
  options.proxy = backup ? account.outbound_proxy_backup : account.outbound_proxy;
  options.user_agent = "gst-ringcentral/" RC_VERSION;
  options.ca_file = settings_.credentials.ca_file;
  options.insecure = settings_.insecure;
  tell(status_.state, "connecting to " + options.proxy);
  transport_ = std::make_unique<sip::WsTransport>(clock_, std::move(options));
  transport_->open(this);
}

void PhoneCore::on_open() {
  tell(status_.state, "connected, registering");
  pace_pings(line_.calls() > 0);
  line_.user_agent()->attach(*transport_);
  registration_->start();
}

void PhoneCore::on_message(std::string_view bytes) { line_.user_agent()->receive(bytes); }

void PhoneCore::on_closed(const Error& reason) {
  drop_socket(reason);
  if (on_closed_) return finish_close();
  // A certificate that is not trusted, before it ever worked: the user must say whom to trust.
  if (reason.code == Errc::kConfig && !was_registered_) return give_up(reason);
  on_backup_ = !on_backup_;
  try_again(reason, 0ms);
}

void PhoneCore::on_registered(std::chrono::seconds expires) {
  slow_timer_.cancel();
  status_.slow = false;
  backoff_.reset();
  provisioned_anew_ = false;
  was_registered_ = true;
  const bool first = status_.state != State::kRegistered;
  if (!first) return;
  tell(State::kRegistered, "registered as " + name_of(device_->account) + " for " +
                               std::to_string(expires.count()) + " s");
  line_.set_ready(true);
}

void PhoneCore::on_registration_failed(const sip::Registration::Failure& failure) {
  if (on_closed_) return;
  if (failure.error.code == Errc::kNetwork) return;  // on_closed() follows or has come
  line_.set_ready(false);
  // Credentials of an earlier provision may have been retired: ask for new ones, once.
  if (failure.error.code == Errc::kAuth && !std::exchange(provisioned_anew_, true)) {
    login_.forget();
    retry_timer_ = clock_.after(0ms, [this] { provision_anew(); });
    return;
  }
  if (failure.error.code == Errc::kAuth) return give_up(failure.error);
  const auto at_least = failure.status == 603 ? kTooManyContactsWait : failure.retry_after;
  drop_socket(failure.error);
  try_again(failure.error, at_least);
}

void PhoneCore::drop_socket(const Error& reason) {
  line_.set_ready(false);
  if (!transport_) return;
  if (line_.user_agent() != nullptr && line_.user_agent()->attached())
    line_.user_agent()->detach(reason);
  transport_->close();
  dead_transports_.push_back(std::move(transport_));
  bury_timer_ = clock_.after(0ms, [this] { dead_transports_.clear(); });
}

void PhoneCore::try_again(const Error& reason, std::chrono::milliseconds at_least) {
  const auto wait = std::max(backoff_.next(), at_least);
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(wait + 999ms).count();
  tell(State::kRetrying, reason.message + " - trying again in " + std::to_string(seconds) + " s",
       &reason);
  retry_timer_ = clock_.after(wait, [this] {
    if (device_)
      step([this] { connect(); });
    else
      log_in();
  });
}

void PhoneCore::give_up(const Error& reason) {
  slow_timer_.cancel();
  provision_pacer_.cancel();
  drop_socket(reason);
  line_.refuse_dials(reason);
  tell(State::kFailed, reason.message, &reason);
}

// --- goodbye ---

void PhoneCore::close(std::function<void()> done) {
  on_closed_ = std::move(done);
  retry_timer_.cancel();
  slow_timer_.cancel();
  provision_pacer_.cancel();
  line_.hang_up_all("the phone is closed");
  if (!transport_ || !transport_->is_open()) return finish_close();
  bye_until_ = clock_.now() + kByeLimit;
  say_goodbye();
}

// The BYEs first: their answers come over the socket that un-registering gives up.
void PhoneCore::say_goodbye() {
  if (line_.open_sessions() > 0 && clock_.now() < bye_until_) {
    goodbye_timer_ = clock_.after(kGoodbyePoll, [this] { say_goodbye(); });
    return;
  }
  goodbye_timer_ = clock_.after(kGoodbyeLimit - kByeLimit, [this] { finish_close(); });
  registration_->stop([this] { finish_close(); });
}

void PhoneCore::finish_close() {
  goodbye_timer_ = clock_.after(0ms, [this] {
    drop_socket({Errc::kClosed, "closed"});
    tell(State::kClosed, "closed");
    if (const auto done = std::exchange(on_closed_, [] {})) done();
  });
}

}  // namespace rc::phone
