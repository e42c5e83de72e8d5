// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/account_check.h"

#include <cstdlib>
#include <utility>

#include "rest/url.h"

namespace rc::phone {
namespace {

using namespace std::chrono_literals;

// A certificate is not valid yet, or no more, by a clock that is so wrong; and who reads a call's
// times is misled.
constexpr int64_t kWrongClock = 120;   // s
constexpr auto kUnregisterLimit = 2s;  // sip::Registration gives up then
constexpr const char* kPermission = "VoipCalling";

// "scope" of the token: names with spaces between.
bool holds(const std::string& scopes, const std::string& name) {
  return (" " + scopes + " ").find(" " + name + " ") != std::string::npos;
}

}  // namespace

AccountCheck::AccountCheck(Clock& clock, const Settings& settings, Told told)
    : clock_(clock), settings_(settings), told_(std::move(told)) {}

AccountCheck::~AccountCheck() {
  registration_.reset();
  if (transport_) transport_->close();
}

void AccountCheck::run(Done done) {
  done_ = std::move(done);
  reach_server();
}

void AccountCheck::miss(const std::string& what, const std::string& why) {
  good_ = false;
  told_({false, what + ": " + why});
}

void AccountCheck::finish() {
  if (std::exchange(over_, true)) return;
  next_ = clock_.after(0ms, [this] { done_(good_); });
}

// --- the REST API ---

// Any answer at all: the address, the network and the certificate are good.
void AccountCheck::reach_server() {
  rest::SoupHttp::Options options;
  options.ca_file = settings_.credentials.ca_file;
  options.insecure = settings_.insecure;
  auto http = rest::SoupHttp::make(clock_, options);
  if (!http.ok()) {
    miss("server", http.error().message);
    return finish();
  }
  http_ = std::move(http).value();
  rest::HttpRequest request;
  request.url = settings_.credentials.server + "/restapi/v1.0";
  http_->request(std::move(request), [this](Result<rest::HttpResponse> response) {
    if (!response.ok()) {
      miss("server", response.error().message);
      return finish();
    }
    const bool tls = settings_.credentials.server.starts_with("https:");
    say("server " + settings_.credentials.server +
        (tls ? " answers, TLS and its certificate are good" : " answers (loopback, no TLS)"));
    check_clock(response.value().header("Date"));
    log_in();
  });
}

void AccountCheck::check_clock(std::string_view date) {
  const auto theirs = rest::http_date(std::string(date));
  if (!theirs) return;  // a server need not say
  const auto ours =
      std::chrono::duration_cast<std::chrono::seconds>(clock_.wall().time_since_epoch());
  const int64_t off = ours.count() - *theirs;
  const std::string text =
      std::to_string(std::abs(off)) + " s " + (off < 0 ? "behind" : "ahead of") + " the server's";
  if (std::abs(off) <= kWrongClock) return say("clock: " + text);
  miss("clock", text + "; set this machine's clock (NTP)");
}

void AccountCheck::log_in() {
  login_ = std::make_unique<Login>(
      clock_, settings_,
      [this](const std::string& text, const Error* error) { on_login_step(text, error); });
  login_->device([this](Result<Login::Device> device) { on_device(std::move(device)); });
}

// A phone would try again; whoever runs a check wants to know now.
void AccountCheck::on_login_step(const std::string&, const Error* error) {
  if (over_) return;
  if (error != nullptr) {
    miss(logged_in_ ? "digital line" : "login", error->message);
    return finish();
  }
  if (!login_->logged_in() || std::exchange(logged_in_, true)) return;
  const rest::Credentials& credentials = settings_.credentials;
  say("logged in to " + credentials.server + " by JWT, app " + credentials.client_id);
  if (login_->scopes().empty()) return;  // provisioning tells
  if (holds(login_->scopes(), kPermission)) return say("permission \"VoIP Calling\"");
  miss("permission \"VoIP Calling\"",
       "the app has only: " + login_->scopes() +
           "; add it in the developer console (app, settings, permissions) and make a new JWT");
  finish();
}

void AccountCheck::on_device(Result<Login::Device> device) {
  if (over_) return;
  if (!device.ok()) {
    miss(logged_in_ ? "digital line" : "login", device.error().message);
    return finish();
  }
  device_ = std::move(device).value();
  check_line();
  check_stun(0);
}

// --- the line ---

void AccountCheck::check_line() {
  const rest::SipAccount& account = device_.account;
  say("digital line " + name_of(account) + ", device " + account.device_id);
  if (account.outbound_calls_enabled)
    say("outgoing calls are allowed");
  else
    miss("outgoing calls", "switched off for this extension; an administrator can enable them");
  if (!account.lacks_emergency_address)
    say("emergency address");
  else
    miss("emergency address",
         "none is registered for this device, and outgoing calls fail with 486 until there is; "
         "enter one in the admin portal (Phone System, Phones & Devices)");
}

void AccountCheck::check_stun(size_t number) {
  auto servers = device_.account.stun_servers;
  if (!settings_.stun_server.empty()) servers = {settings_.stun_server};
  if (number == 0 && servers.empty()) {
    const bool loopback = rest::is_loopback_url(settings_.credentials.server);
    if (loopback)
      say("STUN: not needed, the server is on this machine");
    else
      miss("STUN",
           "the server names none, and behind a NAT calls may have no audio; give one with "
           "stun-server");
  }
  if (number >= servers.size()) return connect();
  const std::string server = servers[number];
  stun_ = std::make_unique<StunProbe>(clock_, server, [=, this](const Result<std::string>& seen) {
    if (seen.ok())
      say("STUN server " + server + " sees this machine as " + seen.value());
    else
      miss("STUN server " + server,
           seen.error().message + "; allow outgoing UDP to any port, or calls have no audio");
    next_ = clock_.after(0ms, [=, this] { check_stun(number + 1); });
  });
}

// --- SIP ---

void AccountCheck::connect() {
  const rest::SipAccount& account = device_.account;
  sip::WsTransport::Options options;
  options.proxy = account.outbound_proxy;
  options.user_agent = "gst-ringcentral/" RC_VERSION;
  options.ca_file = settings_.credentials.ca_file;
  options.insecure = settings_.insecure;
  transport_ = std::make_unique<sip::WsTransport>(clock_, std::move(options));
  transport_->open(this);
}

void AccountCheck::on_open() {
  say("SIP server " + device_.account.outbound_proxy +
      " answers, TLS and its certificate are good");
  sip::UserAgent::Options options;
  options.account = sip_account(device_.account);
  options.product = "gst-ringcentral/" RC_VERSION;
  user_agent_ = std::make_unique<sip::UserAgent>(clock_, std::move(options), this);
  user_agent_->attach(*transport_);
  sip::Registration::Options registration;
  registration.instance_id = device_.instance_id;
  registration_ = std::make_unique<sip::Registration>(*user_agent_, clock_, registration, this);
  registration_->start();
}

void AccountCheck::on_message(std::string_view bytes) { user_agent_->receive(bytes); }

void AccountCheck::on_closed(const Error& reason) {
  if (user_agent_ && user_agent_->attached()) user_agent_->detach(reason);
  if (over_) return;
  miss("SIP server " + device_.account.outbound_proxy, reason.message);
  finish();
}

void AccountCheck::on_registered(std::chrono::seconds expires) {
  say("registered for " + std::to_string(expires.count()) + " s, a slot for this device is free");
  registration_->stop([this, since = clock_.now()] {
    if (clock_.now() - since < kUnregisterLimit)
      say("un-registered");
    else
      miss("un-registering", "no answer; the slot stays taken for two minutes");
    finish();
  });
}

void AccountCheck::on_registration_failed(const sip::Registration::Failure& failure) {
  if (over_) return;
  miss(failure.status == 603 ? "a free device slot" : "registration", failure.error.message);
  finish();
}

}  // namespace rc::phone
