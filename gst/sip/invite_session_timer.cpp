// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_timer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/text.h"
#include "sip/transaction.h"

namespace rc::sip {
namespace {

using std::chrono::seconds;

constexpr seconds kLongestMargin{32};       // section 10: the BYE goes out a little before the end
constexpr seconds kLongestMinimum{86'400};  // who wants more is refused the call

std::optional<seconds> interval_of(const Message& message) {
  const auto value = message.number("Session-Expires");
  return value ? std::optional(seconds(*value)) : std::nullopt;
}

// "uac", "uas" or empty: of the transaction that the message belongs to.
std::string refresher_of(const Message& message) {
  const std::string_view value = message.header("Session-Expires").value_or("");
  const size_t params = value.find(';');
  if (params == std::string_view::npos) return {};
  const auto parsed = Params::parse_header(value.substr(params));
  return parsed ? to_lower(parsed->get("refresher").value_or("")) : "";
}

bool knows_timers(const Message& request) {
  return request.has_token("Supported", "timer") || request.has_token("Require", "timer");
}

std::string session_expires(seconds interval, bool by_client) {
  return std::to_string(interval.count()) + (by_client ? ";refresher=uac" : ";refresher=uas");
}

}  // namespace

SessionTimer::SessionTimer(Clock& clock, std::function<void()> on_due,
                           std::function<void()> on_expired)
    : clock_(clock), on_due_(std::move(on_due)), on_expired_(std::move(on_expired)) {}

bool SessionTimer::is_too_short(const Message& request) {
  // Who does not know timers could make nothing of a 422 (section 8.1).
  const auto interval = interval_of(request);
  return interval && *interval < kShortest && knows_timers(request);
}

void SessionTimer::ask(Message& request) const {
  request.add("Supported", "timer");
  if (!interval_) return;
  // Who refreshes goes on with it (section 7.4).
  request.set("Session-Expires", session_expires(*interval_, we_refresh_));
  if (minimum_ > kShortest) request.set("Min-SE", std::to_string(minimum_.count()));
}

bool SessionTimer::lengthen(Message& request, const Message& response) {
  const seconds minimum(response.number("Min-SE").value_or(0));
  const seconds asked = interval_of(request).value_or(seconds(0));
  if (!knows_timers(request) || minimum <= asked || minimum > kLongestMinimum) return false;
  const std::string refresher = refresher_of(request);
  request.set("Min-SE", std::to_string(minimum.count()));
  request.set("Session-Expires", std::to_string(minimum.count()) +
                                     (refresher.empty() ? "" : ";refresher=" + refresher));
  return true;
}

void SessionTimer::take_answer(const Message& request, const Message& response) {
  stop();
  take_minimum(request);
  // A refresher must be named; if none is, one refresh too many does no harm.
  if (const auto interval = interval_of(response))
    start(*interval, refresher_of(response) != "uas");
}

void SessionTimer::answer(const Message& request, Message& response) {
  stop();
  take_minimum(request);
  const auto interval = interval_of(request);
  const bool they_can = knows_timers(request);
  // A proxy put in less than we bear, for a peer that we cannot tell so.
  if (!interval || *interval < kShortest) return;
  const bool we_refresh = !they_can || refresher_of(request) == "uas";
  response.set("Session-Expires", session_expires(*interval, !we_refresh));
  if (they_can) response.set("Require", "timer");
  start(*interval, we_refresh);
}

void SessionTimer::take_minimum(const Message& request) {
  minimum_ = std::max(minimum_, seconds(request.number("Min-SE").value_or(0)));
}

void SessionTimer::start(seconds interval, bool we_refresh) {
  interval_ = std::max(interval, kShortest);
  we_refresh_ = we_refresh;
  const auto margin = std::min(*interval_ / 3, kLongestMargin);
  deadline_ = clock_.now() + *interval_ - margin;
  expiry_ = clock_.after(*interval_ - margin, [this] {
    const auto expired = on_expired_;
    stop();
    expired();
  });
  if (we_refresh) arm_refresh(*interval_ / 2);
}

// One that came to nothing is tried again after half of the time that is left.
void SessionTimer::arm_refresh(Clock::Duration wait) {
  refresh_ = clock_.after(wait, [this] {
    const auto due = on_due_;
    const auto left = deadline_ - clock_.now();
    if (left > kT2) arm_refresh(left / 2);
    due();
  });
}

void SessionTimer::stop() {
  interval_.reset();
  refresh_.cancel();
  expiry_.cancel();
}

}  // namespace rc::sip
