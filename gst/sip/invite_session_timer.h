// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <optional>

#include "core/clock.h"
#include "sip/message.h"

namespace rc::sip {

// RFC 4028 for one call: what both sides agreed on, who refreshes, and when. RingCentral's
// "Session-Expires: 14400;refresher=uac" among others. A call that is not refreshed in time is
// over. Each INVITE and UPDATE of either side agrees anew; without Session-Expires in its 2xx there
// is no timer from then on. Part of a session. Thread: signalling. Destroying it stops it.
class SessionTimer {
 public:
  // on_due: it is for us to refresh, now; again if no answer to it comes here. on_expired: nobody
  // did. Either may destroy the timer.
  SessionTimer(Clock& clock, std::function<void()> on_due, std::function<void()> on_expired);

  // Whether an INVITE or UPDATE asks for less than we bear: 422 with Min-SE kShortest.
  static bool is_too_short(const Message& request);
  static constexpr std::chrono::seconds kShortest{90};  // no less by RFC 4028 4

  // Our INVITE or UPDATE: that we know timers, and what is agreed now.
  void ask(Message& request) const;
  // Their 422 to our request: asks for as long as they want at least. False: that makes no sense.
  static bool lengthen(Message& request, const Message& response);
  // Our request and their 2xx to it.
  void take_answer(const Message& request, const Message& response);
  // Their request and our 2xx to it.
  void answer(const Message& request, Message& response);
  void stop();

 private:
  void start(std::chrono::seconds interval, bool we_refresh);
  void arm_refresh(Clock::Duration wait);
  void take_minimum(const Message& request);

  Clock& clock_;
  const std::function<void()> on_due_, on_expired_;
  std::optional<std::chrono::seconds> interval_;  // none: no timer is agreed
  std::chrono::seconds minimum_ = kShortest;      // the largest Min-SE of a request so far
  bool we_refresh_ = false;
  Clock::Duration deadline_{};
  Timer refresh_, expiry_;
};

}  // namespace rc::sip
