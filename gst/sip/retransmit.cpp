// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/retransmit.h"

#include <algorithm>
#include <utility>

namespace rc::sip {

void Repeater::start(std::function<void()> resend, std::function<void()> on_given_up) {
  resend_ = std::move(resend);
  running_ = true;
  arm(kT1);
  limit_ = clock_.after(kTransactionLimit, [this, given_up = std::move(on_given_up)] {
    const auto call = given_up;  // stop() destroys this task
    stop();
    call();
  });
}

void Repeater::arm(Clock::Duration wait) {
  repeat_ = clock_.after(wait, [this, wait] {
    const auto next = std::min(2 * wait, longest_wait_);
    resend_();
    arm(next);
  });
}

void Repeater::stop() {
  running_ = false;
  repeat_.cancel();
  limit_.cancel();
  resend_ = nullptr;
}

}  // namespace rc::sip
