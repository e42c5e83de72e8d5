// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>

#include "core/clock.h"
#include "sip/transaction.h"

namespace rc::sip {

// Repeats a 2xx to INVITE until its ACK comes (RFC 3261 13.3.1.4): also over WebSocket, because a
// later hop may be UDP. After T1, then doubling up to T2; given up after 64*T1.
// Thread: signalling. Destroying it stops it.
class OkRepeater {
 public:
  explicit OkRepeater(Clock& clock) : clock_(clock) {}

  // The first 2xx has just been sent; `resend` sends it once more. Exactly one of on_given_up and
  // stop() ends it.
  void start(std::function<void()> resend, std::function<void()> on_given_up);
  void stop();
  bool running() const { return running_; }

 private:
  void arm(Clock::Duration wait);

  Clock& clock_;
  std::function<void()> resend_;
  Timer repeat_, limit_;
  bool running_ = false;
};

}  // namespace rc::sip
