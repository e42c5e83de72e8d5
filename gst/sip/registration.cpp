// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/registration.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "sip/challenge.h"
#include "sip/user_agent.h"
#include "sip/user_agent_core.h"

namespace rc::sip {
namespace {

using std::chrono::seconds;

constexpr seconds kAnswerLimit{5};  // the official SDK closes the socket then
constexpr seconds kStopLimit{2};
constexpr seconds kRefreshMargin{3};  // as the official SDK
constexpr size_t kTokenCharacters = 20;

// Half of a short registration, else kRefreshMargin before its end.
seconds refresh_after(seconds expires) {
  return std::max(seconds(1), std::max(expires / 2, expires - kRefreshMargin));
}

Error refusal(const Message& response) {
  const std::string text = clean_text(std::to_string(response.status()) + " " + response.reason());
  const std::string reason = to_lower(response.reason());
  if (response.status() == 603) {
    return {Errc::kRejected,
            text +
                ": RingCentral allows five devices per extension; close other phones or keep "
                "one instance id, and wait two minutes"};
  }
  if (response.status() == 403 && reason.find("instance") != std::string::npos) {
    return {Errc::kRejected,
            text + ": another phone uses this instance id; give each phone its own"};
  }
  if (response.status() == 403) {
    return {Errc::kAuth, text + ": the SIP credentials are wrong or retired; provision anew"};
  }
  return {Errc::kRejected, "the server refused to register: " + text};
}

}  // namespace

class Registration::Impl : public std::enable_shared_from_this<Impl> {
 public:
  Impl(std::shared_ptr<UserAgentCore> core, Clock& clock, Options options, Listener* listener)
      : core_(std::move(core)), clock_(clock), options_(std::move(options)), listener_(listener) {}

  void start();
  void stop(std::function<void()> done);
  void drop();
  bool registered() const {
    return clock_.now() < until_ && attachment_ == core_->attachments() && core_->attached();
  }

 private:
  void send(seconds expires, AuthenticatedRequest::Handler handler);
  void refresh();
  void on_response(const Result<Message>& last);
  void on_registered(const Message& response);
  bool take_minimum(const Message& response);
  seconds granted(const Message& response) const;
  std::string contact(seconds expires) const;
  void fail(Failure failure);
  void forget();

  const std::shared_ptr<UserAgentCore> core_;
  Clock& clock_;
  const Options options_;
  Listener* listener_;
  const std::string call_id_ = random_token(kTokenCharacters);
  std::string from_;    // with its tag, of the first REGISTER on
  seconds minimum_{0};  // of a 423
  std::weak_ptr<AuthenticatedRequest> request_;
  Timer timer_;  // limit of the REGISTER under way, then refresh
  Clock::Duration until_{};
  uint64_t attachment_ = 0;  // the socket we registered over
  std::function<void()> stopped_;
};

void Registration::Impl::start() {
  forget();
  attachment_ = core_->attachments();
  refresh();
}

void Registration::Impl::refresh() {
  // The owner knows that the socket is gone, and will start() over the next one.
  if (attachment_ != core_->attachments()) return;
  send(std::max(options_.expires, minimum_), [weak = weak_from_this()](const auto& last) {
    if (auto self = weak.lock()) self->on_response(last);
  });
  timer_ = clock_.after(kAnswerLimit, [weak = weak_from_this()] {
    if (auto self = weak.lock()) {
      self->fail({{Errc::kTimeout, "no answer to REGISTER in 5 s"}, 0, seconds(0)});
    }
  });
}

void Registration::Impl::send(seconds expires, AuthenticatedRequest::Handler handler) {
  Message request = core_->request("REGISTER", "sip:" + core_->options().account.domain, call_id_);
  if (from_.empty()) from_ = request.header("From").value_or("");
  request.set("From", from_);
  request.set("To", from_.substr(0, from_.rfind(";tag=")));
  request.add("Contact", contact(expires));
  request.add("Allow", kAllow);
  if (options_.reg_id > 0) request.add("Supported", "outbound, path");
  request_ = AuthenticatedRequest::send(core_, std::move(request), std::move(handler));
}

std::string Registration::Impl::contact(seconds expires) const {
  std::string contact = core_->contact() + ";+sip.instance=\"<" + options_.instance_id + ">\"";
  if (options_.reg_id > 0) contact += ";reg-id=" + std::to_string(options_.reg_id);
  return contact + ";expires=" + std::to_string(expires.count());
}

void Registration::Impl::on_response(const Result<Message>& last) {
  if (last.ok() && last.value().is_provisional()) return;
  if (!last.ok()) {
    const int status = last.error().code == Errc::kAuth ? 401 : 0;
    return fail({last.error(), status, seconds(0)});
  }
  const Message& response = last.value();
  if (response.is_success()) return on_registered(response);
  if (response.status() == 423 && take_minimum(response)) return refresh();
  const seconds retry_after(response.number("Retry-After").value_or(0));
  fail({refusal(response), response.status(), retry_after});
}

// 423 Interval Too Brief: once more with what the server wants at least.
bool Registration::Impl::take_minimum(const Message& response) {
  const seconds minimum(response.number("Min-Expires").value_or(0));
  if (minimum <= std::max(options_.expires, minimum_)) return false;
  minimum_ = minimum;
  return true;
}

void Registration::Impl::on_registered(const Message& response) {
  const seconds expires = granted(response);
  if (expires <= seconds(0)) {
    return fail(
        {{Errc::kRejected, "the server registered us for no time at all"}, 200, seconds(0)});
  }
  RC_LOG(kSip, DEBUG, "registered for " + std::to_string(expires.count()) + " s");
  until_ = clock_.now() + expires;
  timer_ = clock_.after(refresh_after(expires), [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->refresh();
  });
  if (listener_ != nullptr) listener_->on_registered(expires);
}

// What our own Contact got; the response lists the extension's other devices too.
seconds Registration::Impl::granted(const Message& response) const {
  const auto own = NameAddr::parse(core_->contact());
  for (const auto& contact : response.addresses("Contact")) {
    if (!own.ok() || !equivalent(contact.uri, own.value().uri)) continue;  // RFC 3261 10.2.4
    const auto expires = parse_number(contact.params.get("expires").value_or(""), UINT32_MAX);
    if (expires) return seconds(*expires);
  }
  return seconds(response.number("Expires").value_or(
      static_cast<uint32_t>(std::max(options_.expires, minimum_).count())));
}

void Registration::Impl::fail(Failure failure) {
  forget();
  if (listener_ != nullptr) listener_->on_registration_failed(failure);
}

// Whatever is under way is of no interest any more.
void Registration::Impl::forget() {
  if (auto request = request_.lock()) request->abandon();
  timer_.cancel();
  until_ = Clock::Duration::zero();
}

void Registration::Impl::stop(std::function<void()> done) {
  forget();
  stopped_ = std::move(done);
  const auto finish = [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    self->forget();
    if (const auto stopped = std::exchange(self->stopped_, nullptr)) stopped();
  };
  if (!core_->attached()) return core_->defer(finish);
  send(seconds(0), [finish](const Result<Message>& last) {
    if (!last.ok() || last.value().is_final()) finish();
  });
  timer_ = clock_.after(kStopLimit, finish);
}

void Registration::Impl::drop() {
  listener_ = nullptr;
  stopped_ = nullptr;
  forget();
}

Registration::Registration(UserAgent& user_agent, Clock& clock, Options options, Listener* listener)
    : impl_(std::make_shared<Impl>(user_agent.core(), clock, std::move(options), listener)) {}

Registration::~Registration() { impl_->drop(); }

void Registration::start() { impl_->start(); }
void Registration::stop(std::function<void()> done) { impl_->stop(std::move(done)); }
bool Registration::registered() const { return impl_->registered(); }

}  // namespace rc::sip
