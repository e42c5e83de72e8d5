// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/stats_reports.h"

namespace rc::call {

void StatsReports::on_call_changed(const std::shared_ptr<Call>& call) {
  const CallInfo& info = call->info();
  if (call->ended()) {
    timers_.erase(info.id);
    if (call->was_answered()) report_(*call);
  } else if (info.state == CallState::kConnected && interval_.count() > 0 &&
             !timers_.contains(info.id)) {
    report_later(call);
  }
}

void StatsReports::report_later(const std::shared_ptr<Call>& call) {
  timers_[call->info().id] = clock_.after(interval_, [this, weak = std::weak_ptr(call)] {
    const auto strong = weak.lock();
    if (!strong || strong->ended()) return;
    report_later(strong);
    report_(*strong);
  });
}

}  // namespace rc::call
