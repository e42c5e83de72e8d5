// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "core/ref.h"

namespace rc::media {

// When the far end spoke the first sample of a packet, by its own RTP clock.
struct SenderStamp {
  std::uint32_t ssrc;             // whose clock it is
  std::chrono::nanoseconds time;  // of any origin; runs on over a wrap of the RTP timestamp
};

// Writes stamps on packets. They travel as a GstReferenceTimestampMeta, which depayloader and
// decoder pass on to the block that is made of the packet: no looking up by PTS, which two packets
// may share, and opusdec with in-band FEC holds a packet back. What a decoder makes up for a lost
// packet has none. Thread: the one that pushes the packets.
class SenderStamper {
 public:
  explicit SenderStamper(int clock_rate) : clock_rate_(clock_rate) {}

  // Takes an RTP packet, gives it back stamped; what is no RTP comes back as it is.
  GstBuffer* stamp(GstBuffer* packet);

  // The stamp of what a decoder made of a packet.
  static std::optional<SenderStamp> read(GstBuffer* block);

 private:
  void begin(std::uint32_t ssrc);

  const int clock_rate_;
  std::optional<std::uint32_t> ssrc_;
  Owned<GstCaps> clock_;        // of ssrc_
  std::uint64_t extended_ = 0;  // RTP timestamp of the last packet of ssrc_, extended to 64 bits
};

}  // namespace rc::media
