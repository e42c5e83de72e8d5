// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <array>
#include <cstdint>
#include <memory>
#include <mutex>

namespace rc::media {

// Lets the newest speakers in and holds the number of streams inside webrtcbin down. Every SSRC
// costs a jitterbuffer with its threads and a pad: 100 of them 131 threads and 65 pads (measured).
// rtpbin's own "max-streams" refuses all that come later, and with them the one who talks now after
// a few transfers. So here the one that has been silent longest goes, of those that never said much
// if there are such; while all of them talk, a further one is refused.
//
// It stands before webrtcbin's rtpssrcdemux. Owned by Peer, weakly by the probes. Thread: any.
class StreamLimit : public std::enable_shared_from_this<StreamLimit> {
 public:
  // The talker, music, an announcement, a hand-over between them.
  static constexpr size_t kStreams = 4;

  void add_demux(GstElement* demux);

 private:
  struct Stream {
    uint32_t ssrc = 0;
    gint64 last_packet = 0;  // CLOCK_MONOTONIC, us; 0 = the place is free
    uint64_t packets = 0;
  };

  bool admits(GstElement* demux, uint32_t ssrc);
  Stream& place_for(uint32_t ssrc);
  bool knows(uint32_t ssrc);

  std::mutex mutex_;
  std::array<Stream, kStreams> streams_;
};

}  // namespace rc::media
