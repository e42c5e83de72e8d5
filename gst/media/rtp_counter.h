// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>

namespace rc::media {

// Counts the RTP packets that came, as RFC 3550 A.3 and A.8 do: how many are lost for good, how
// unevenly they come. One count over all SSRCs that follow each other (transfers, hold music);
// neither the jitterbuffer (one per SSRC, and it takes RFC 4733 events for losses) nor RTPSession
// (forgets an SSRC with its BYE) has that.
//
// No thread or lock of its own.
class RtpCounter {
 public:
  struct Packet {
    uint32_t ssrc = 0, timestamp = 0;
    uint16_t sequence = 0;
    bool audio = true;  // an event repeats the timestamp of its first packet: no part of the jitter
    std::chrono::microseconds arrival{};  // of any origin
  };

  void set_clock_rate(int hertz) { clock_rate_ = hertz; }
  void count(const Packet& packet);

  uint64_t lost() const;
  double jitter_ms() const { return jitter_ms_; }

 private:
  // A stretch of sequence numbers of one SSRC, without a jump.
  struct Run {
    uint32_t ssrc = 0;
    uint64_t first = 0, highest = 0;  // extended by the wraps
    uint64_t received = 0;
    std::optional<Packet> last_audio{};
  };

  bool continues(const Packet& packet) const;
  void note_jitter(const Packet& packet);

  int clock_rate_ = 48000;
  std::optional<Run> run_;
  uint64_t lost_before_ = 0;  // in runs that are over
  double jitter_ms_ = 0;
};

}  // namespace rc::media
