// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <functional>
#include <utility>

#include "core/clock.h"

namespace rc {

// Runs a task when it is asked to, but once in each interval at most: asked too early, any number
// of times, it runs once when the interval is over. Never inside ask(). Thread: the clock's.
class Pacer {
 public:
  // `clock` outlives this.
  Pacer(Clock& clock, Clock::Duration interval, std::function<void()> task)
      : clock_(clock), interval_(interval), task_(std::move(task)) {}

  void ask() {
    if (timer_.armed()) return;
    timer_ = clock_.after(std::max(not_before_ - clock_.now(), Clock::Duration::zero()), [this] {
      timer_.cancel();
      not_before_ = clock_.now() + interval_;
      task_();
    });
  }
  // What was asked for is not wanted any more.
  void cancel() { timer_.cancel(); }

 private:
  Clock& clock_;
  const Clock::Duration interval_;
  const std::function<void()> task_;
  Clock::Duration not_before_ = Clock::Duration::min() / 2;
  Timer timer_;
};

}  // namespace rc
