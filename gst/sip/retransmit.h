// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include "core/clock.h"
#include "sip/transaction.h"

namespace rc::sip {

// Repeats a response to INVITE until it is acknowledged: also over WebSocket, because a later hop
// may be UDP. After T1, then doubling; given up after 64*T1.
// Thread: signalling. Destroying it stops it.
class Repeater {
 public:
  // The longest wait: T2 for a 2xx until its ACK (RFC 3261 13.3.1.4), none for a reliable
  // provisional response until its PRACK (RFC 3262 3).
  Repeater(Clock& clock, Clock::Duration longest_wait)
      : clock_(clock), longest_wait_(longest_wait) {}

  // The response has just been sent; `resend` sends it once more. Exactly one of on_given_up and
  // stop() ends it.
  void start(std::function<void()> resend, std::function<void()> on_given_up);
  void stop();
  bool running() const { return running_; }

 private:
  void arm(Clock::Duration wait);

  Clock& clock_;
  const Clock::Duration longest_wait_;
  std::function<void()> resend_;
  Timer repeat_, limit_;
  bool running_ = false;
};

}  // namespace rc::sip
