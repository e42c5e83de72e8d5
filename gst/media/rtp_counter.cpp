// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_counter.h"

#include <algorithm>
#include <cmath>

namespace rc::media {
namespace {

// RFC 3550 A.1: a greater step of the sequence number is a sender that began anew. The packets come
// through SRTP, so that one that jumps is the peer's and not a stray: no second one is waited for.
constexpr int kMaxDropout = 3000, kMaxMisorder = 100;

// Of the two that a 16 bit number may mean, the nearer one.
int64_t step(uint64_t from, uint16_t to) {
  return static_cast<int16_t>(static_cast<uint16_t>(to - static_cast<uint16_t>(from)));
}

}  // namespace

bool RtpCounter::continues(const Packet& packet) const {
  if (!run_ || run_->ssrc != packet.ssrc) return false;
  const int64_t by = step(run_->highest, packet.sequence);
  return by < kMaxDropout && by > -kMaxMisorder;
}

void RtpCounter::count(const Packet& packet) {
  if (!continues(packet)) {
    lost_before_ = lost();
    // Not near 0: one before the first may come after it.
    const uint64_t first = 0x10000U + packet.sequence;
    run_ = Run{packet.ssrc, first, first, 0, {}};
  }
  const uint64_t extended =
      run_->highest + static_cast<uint64_t>(step(run_->highest, packet.sequence));
  run_->first = std::min(run_->first, extended);
  run_->highest = std::max(run_->highest, extended);
  ++run_->received;
  if (packet.audio) note_jitter(packet);
}

void RtpCounter::note_jitter(const Packet& packet) {
  if (const auto& last = run_->last_audio) {
    const auto sent = static_cast<int32_t>(packet.timestamp - last->timestamp);  // it wraps
    const double came = static_cast<double>((packet.arrival - last->arrival).count()) / 1000;
    jitter_ms_ += (std::abs(came - sent * 1000.0 / clock_rate_) - jitter_ms_) / 16;
  }
  run_->last_audio = packet;
}

uint64_t RtpCounter::lost() const {
  if (!run_) return lost_before_;
  const uint64_t expected = run_->highest - run_->first + 1;
  return lost_before_ + (expected > run_->received ? expected - run_->received : 0);
}

}  // namespace rc::media
