// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace rc {

// A running timer. Destroying or assigning it cancels; a cancelled task never runs.
class Timer {
 public:
  Timer() = default;
  explicit Timer(std::shared_ptr<void> registration) : registration_(std::move(registration)) {}
  void cancel() { registration_.reset(); }
  bool armed() const { return registration_ != nullptr; }  // stays true after it has fired

 private:
  std::shared_ptr<void> registration_;
};

// Time and timers, injected so that tests can simulate them (tests/fakes/fake_clock.h).
// Thread: the one that owns the clock (the signalling thread).
class Clock {
 public:
  using Duration = std::chrono::nanoseconds;
  virtual ~Clock() = default;
  virtual Duration now() const = 0;  // monotonic, since an arbitrary start
  virtual std::chrono::system_clock::time_point wall() const = 0;
  // Runs `task` once, not before `delay` has passed, never inside this call.
  [[nodiscard]] virtual Timer after(Duration delay, std::function<void()> task) = 0;
};

}  // namespace rc
