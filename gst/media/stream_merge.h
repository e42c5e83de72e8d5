// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>
#include <mutex>
#include <optional>

#include "media/rtp_splice.h"

namespace rc::media {

// Gives somebody else's webrtcbin one SSRC, and so one src pad, for the whole call: each SSRC would
// come out of a pad of its own, nobody links a second one, and an unlinked pad kills the webrtcbin
// (1.22). The SSRC of a far end changes with transfers and hold music.
//
// It stands before webrtcbin's rtpssrcdemux. Owned by BorrowedAudio, weakly by the probes. Thread:
// any.
class StreamMerge : public std::enable_shared_from_this<StreamMerge> {
 public:
  // Until begun every packet is dropped. Hz, of the RTP timestamps.
  void begin(int clock_rate);
  void add_demux(GstElement* demux);

 private:
  std::optional<RtpPlace> place(const RtpPlace& packet);

  std::mutex mutex_;  // splice_
  std::optional<RtpSplice> splice_;
};

}  // namespace rc::media
