// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <string>

#include "call/call.h"
#include "core/clock.h"

namespace rc::call {

// When a line's calls report their numbers: each interval while one is connected, and once at the
// end of each that was answered. Owned by Line. Thread: signalling.
class StatsReports {
 public:
  using Report = std::function<void(const Call&)>;

  // interval 0: at the end only.
  StatsReports(Clock& clock, std::chrono::milliseconds interval, Report report)
      : clock_(clock), interval_(interval), report_(std::move(report)) {}

  // Every change of a call, before others hear of it: who reads no more after the end has all.
  void on_call_changed(const std::shared_ptr<Call>& call);

 private:
  void report_later(const std::shared_ptr<Call>& call);

  Clock& clock_;
  const std::chrono::milliseconds interval_;
  const Report report_;
  std::map<std::string, Timer> timers_;  // by call id
};

}  // namespace rc::call
