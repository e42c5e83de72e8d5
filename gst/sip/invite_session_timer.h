// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/clock.h"
#include "sip/message.h"

namespace rc::sip {

// RFC 4028 as the side that is refreshed: RingCentral's "Session-Expires: 14400;refresher=uac".
// Being the refresher ourselves is not offered: its re-INVITE would need the media's SDP.
// Thread: signalling. Destroying it stops it.
class SessionTimer {
 public:
  explicit SessionTimer(Clock& clock) : clock_(clock) {}

  // What a request asks for; none: no timer, or one that we would have to refresh.
  static std::optional<std::chrono::seconds> asked_by(const Message& request);

  // Our 2xx to their INVITE or UPDATE: says that we go along, and waits for the next refresh anew.
  // A request without Session-Expires switches the timer off.
  void answer(const Message& request, Message& response, std::function<void()> on_expired);
  void stop() { expiry_.cancel(); }

 private:
  Clock& clock_;
  Timer expiry_;
};

}  // namespace rc::sip
