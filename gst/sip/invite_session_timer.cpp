// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_timer.h"

#include <algorithm>
#include <string>
#include <utility>

#include "core/text.h"

namespace rc::sip {
namespace {

using std::chrono::seconds;

constexpr seconds kShortest{90};       // Min-SE of RFC 4028 4: less is taken as this
constexpr seconds kLongestMargin{32};  // section 10: the BYE goes out a little before the end

}  // namespace

std::optional<seconds> SessionTimer::asked_by(const Message& request) {
  const auto interval = request.number("Session-Expires");
  const bool known =
      request.has_token("Supported", "timer") || request.has_token("Require", "timer");
  if (!interval || !known) return std::nullopt;
  const std::string value = to_lower(request.header("Session-Expires").value_or(""));
  if (value.find("refresher=uas") != std::string::npos) return std::nullopt;
  return std::max(seconds(*interval), kShortest);
}

void SessionTimer::answer(const Message& request, Message& response,
                          std::function<void()> on_expired) {
  stop();
  const auto interval = asked_by(request);
  if (!interval) return;
  response.set("Session-Expires", std::to_string(interval->count()) + ";refresher=uac");
  response.set("Require", "timer");
  const auto margin = std::min(*interval / 3, kLongestMargin);
  expiry_ = clock_.after(*interval - margin, std::move(on_expired));
}

}  // namespace rc::sip
