// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "core/clock.h"

namespace rc::fakes {

// Time that moves only when the test says so; timers fire in order of their time.
class FakeClock : public Clock {
 public:
  Duration now() const override { return now_; }
  std::chrono::system_clock::time_point wall() const override {
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<std::chrono::system_clock::duration>(now_));
  }

  Timer after(Duration delay, std::function<void()> task) override {
    const auto key = std::pair(now_ + std::max(delay, Duration::zero()), next_++);
    timers_->emplace(key, std::move(task));
    return Timer(std::shared_ptr<void>(timers_.get(),
                                       [timers = timers_, key](void*) { timers->erase(key); }));
  }

  // Runs everything that falls due on the way, at its own time.
  void advance(Duration by) {
    const Duration end = now_ + by;
    while (!timers_->empty() && timers_->begin()->first.first <= end) {
      auto due = timers_->extract(timers_->begin());
      now_ = due.key().first;
      due.mapped()();
    }
    now_ = end;
  }

  size_t pending() const { return timers_->size(); }

 private:
  using Timers = std::map<std::pair<Duration, uint64_t>, std::function<void()>>;
  std::shared_ptr<Timers> timers_ = std::make_shared<Timers>();
  Duration now_{};
  uint64_t next_ = 0;
};

}  // namespace rc::fakes
