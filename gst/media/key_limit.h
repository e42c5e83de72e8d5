// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <set>

namespace rc::media {

// Bounds what packets of anybody cost. srtpdec (1.22) makes a stream with a key of its own for each
// SSRC, before it knows whether the packet is authentic, and keeps it: 40 000 forged packets cost
// 54 MiB (measured). So new SSRCs come in at a slow pace. While a flood goes on, one of the far end
// competes with it; the packets of those known by then pass.
//
// It stands before webrtcbin's srtpdec. Owned by Peer, weakly by the probes. Thread: any.
class KeyLimit : public std::enable_shared_from_this<KeyLimit> {
 public:
  void add_decryption(GstElement* srtpdec);

 private:
  bool admits(uint32_t ssrc);

  std::mutex mutex_;
  std::set<uint32_t> known_;
  gint64 paid_until_ = 0;  // CLOCK_MONOTONIC, us
};

}  // namespace rc::media
