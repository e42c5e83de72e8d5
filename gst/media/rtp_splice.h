// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace rc::media {

// A packet's place in its stream (RFC 3550 5.1).
struct RtpPlace {
  uint32_t ssrc;
  uint16_t sequence;
  uint32_t timestamp;
  bool operator==(const RtpPlace&) const = default;
};

// Makes one stream of all that a far end sends: who talks is heard under the first SSRC, with
// sequence numbers and timestamps that go on, as a mixer's would. A new stream is heard from its
// third packet on, or from its first when nobody talks; when it falls silent, another that talks
// is. Late packets of who is heard no more are not brought back.
//
// No GStreamer in it. Thread: that of the packets.
class RtpSplice {
 public:
  explicit RtpSplice(int clock_rate) : clock_rate_(clock_rate) {}

  // Where a packet that comes at `now` stands in the one stream; nullopt: it is not heard.
  std::optional<RtpPlace> place(const RtpPlace& packet, std::chrono::microseconds now);

 private:
  struct Stream {
    uint32_t ssrc = 0;
    int packets = 0;  // 0: nobody's
  };

  Stream& stream_of(uint32_t ssrc);
  bool takes_over(uint32_t ssrc, std::chrono::microseconds now);
  void begin(const RtpPlace& packet, std::chrono::microseconds now);

  int clock_rate_;
  std::array<Stream, 4> streams_;
  size_t oldest_ = 0;
  std::optional<uint32_t> talker_;
  std::optional<RtpPlace> last_;         // the newest that was given
  std::chrono::microseconds last_at_{};  // when a packet of the talker came
  std::optional<uint16_t> first_;        // no earlier one of this talker: that was before its turn
  uint16_t sequence_shift_ = 0;
  uint32_t timestamp_shift_ = 0;
};

}  // namespace rc::media
