// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <mutex>
#include <vector>

#include "phone/phone.h"

namespace rc::phone {

// Keeps the newest numbers of each call for whoever asks, on any thread and without a wait.
class StatsBoard : public Listener {
 public:
  std::vector<call::CallStats> stats() const {
    std::lock_guard lock(mutex_);
    return stats_;
  }

  void on_status(const Status&) override {}
  void on_call(const call::CallInfo&) override {}
  bool on_call_received(const call::CallInfo&) override { return false; }
  void on_stats(const call::CallInfo&, const call::CallStats& stats) override {
    std::lock_guard lock(mutex_);
    const auto known = std::ranges::find(stats_, stats.call_id, &call::CallStats::call_id);
    if (stats.final) {
      if (known != stats_.end()) stats_.erase(known);
    } else if (known != stats_.end()) {
      *known = stats;
    } else {
      stats_.push_back(stats);
    }
  }

 private:
  mutable std::mutex mutex_;
  std::vector<call::CallStats> stats_;
};

}  // namespace rc::phone
