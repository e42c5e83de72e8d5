// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include "core/clock.h"

namespace rc {

// The real clock (CLOCK_MONOTONIC); timers are GSources of one GMainContext.
class MainClock : public Clock {
 public:
  explicit MainClock(GMainContext* context);  // keeps a reference
  ~MainClock() override;
  MainClock(const MainClock&) = delete;
  MainClock& operator=(const MainClock&) = delete;

  Duration now() const override;
  std::chrono::system_clock::time_point wall() const override;
  Timer after(Duration delay, std::function<void()> task) override;

 private:
  GMainContext* context_;
};

}  // namespace rc
