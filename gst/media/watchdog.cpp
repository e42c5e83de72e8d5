// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/watchdog.h"

#include <utility>

namespace rc::media {
namespace {

// How exactly outages are measured; a look costs next to nothing.
constexpr std::chrono::milliseconds kPeriod{100};

}  // namespace

void Watchdog::start() {
  last_ = clock_.now();
  look_later();
}

void Watchdog::look_later() {
  timer_ = clock_.after(kPeriod, [this] { look(); });
}

bool Watchdog::something_came() {
  const uint64_t count = options_.packets();
  if (count == packets_.value_or(0)) return false;
  packets_ = count;
  return true;
}

call::MediaFlow Watchdog::flow_after(std::chrono::nanoseconds gap) const {
  if (gap >= (packets_ ? kTimedOut : kTimedOutAtFirst)) return call::MediaFlow::kTimedOut;
  const bool stalled = packets_ && gap >= kStalled;
  return stalled ? call::MediaFlow::kStalled : call::MediaFlow::kFlowing;
}

void Watchdog::look() {
  look_later();
  const bool alive = something_came() || !expected_;
  if (packets_ && !audible_ && options_.audible()) {
    audible_ = true;
    options_.on_audible();
  }
  const auto gap = clock_.now() - last_;
  if (alive) last_ = clock_.now();
  const call::MediaFlow flow = alive ? call::MediaFlow::kFlowing : flow_after(gap);
  if (std::exchange(flow_, flow) != flow) options_.on_change(flow, gap);
  const bool stopped = !timer_.armed();  // by who was told
  if (alive || stopped || options_.limit.count() == 0 || gap < options_.limit) return;
  timer_.cancel();
  options_.on_limit();
}

}  // namespace rc::media
