// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_splice.h"

#include <algorithm>

namespace rc::media {
namespace {

using namespace std::chrono_literals;

// As in ReceiveChain: who was silent for so long has stopped, and a new one takes the talker's
// place with this packet of it.
constexpr auto kHandOver = 60ms;
constexpr int kTakesOver = 3;
// The usual length of a packet: no next one begins sooner.
constexpr std::chrono::microseconds kPacket = 20ms;
// After so many packets none of before its turn is on its way any more.
constexpr int kReordered = 100;

// Modulo 65536.
bool is_before(int a, int b) { return static_cast<int16_t>(a - b) < 0; }

}  // namespace

std::optional<RtpPlace> RtpSplice::place(const RtpPlace& packet, std::chrono::microseconds now) {
  if (takes_over(packet.ssrc, now)) begin(packet, now);
  if (talker_ != packet.ssrc) return std::nullopt;
  if (first_ && is_before(packet.sequence, *first_)) return std::nullopt;
  if (first_ && is_before(*first_ + kReordered, packet.sequence)) first_.reset();
  const RtpPlace place{last_ ? last_->ssrc : packet.ssrc,
                       static_cast<uint16_t>(packet.sequence + sequence_shift_),
                       packet.timestamp + timestamp_shift_};
  last_at_ = now;
  if (!last_ || is_before(last_->sequence, place.sequence)) last_ = place;
  return place;
}

// Counts the packets of streams that are not heard.
bool RtpSplice::takes_over(uint32_t ssrc, std::chrono::microseconds now) {
  Stream& stream = stream_of(ssrc);
  stream.packets = std::min(stream.packets + 1, kTakesOver + 1);
  if (talker_ == ssrc) return false;
  return !talker_ || stream.packets == kTakesOver || now - last_at_ >= kHandOver;
}

RtpSplice::Stream& RtpSplice::stream_of(uint32_t ssrc) {
  for (Stream& it : streams_) {
    if (it.packets != 0 && it.ssrc == ssrc) return it;
  }
  Stream& stream = streams_[oldest_];
  oldest_ = (oldest_ + 1) % streams_.size();
  return stream = {ssrc, 0};
}

// The time in between is counted by our clock: the streams' own clocks have nothing in common.
void RtpSplice::begin(const RtpPlace& packet, std::chrono::microseconds now) {
  talker_ = packet.ssrc;
  if (!last_) return;
  const auto between = std::max<std::chrono::microseconds>(now - last_at_, kPacket);
  const auto ticks = static_cast<uint32_t>(between.count() * clock_rate_ / 1'000'000);
  sequence_shift_ = static_cast<uint16_t>(last_->sequence + 1 - packet.sequence);
  timestamp_shift_ = last_->timestamp + ticks - packet.timestamp;
  first_ = packet.sequence;
}

}  // namespace rc::media
