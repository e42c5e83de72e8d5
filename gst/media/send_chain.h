// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <functional>
#include <memory>

#include "core/ref.h"
#include "core/result.h"
#include "media/audio_ports.h"
#include "media/codec.h"
#include "media/peer_audio.h"

namespace rc::media {

// From the AudioSource to webrtcbin's sink pad: a live source of silence every 20 ms, which a probe
// overwrites, ! encoder ! payloader. Built when the peer is connected and identified: what was to
// be said before is dropped, not queued (queued, it goes out as a burst of old sound, measured).
//
// "Nothing" withholds raw audio ahead of the encoder, so that sequence numbers stay whole: packets
// dropped behind the payloader read as a loss of seconds at the far end (measured).
//
// Owned by Peer, weakly by the probe. Thread: signalling; the probes run in the source's thread.
class SendChain : public std::enable_shared_from_this<SendChain> {
 public:
  struct Options {
    std::shared_ptr<AudioPorts> ports;
    Format format;
    std::function<void()> on_started;  // the first packet is on its way; in the source's thread
  };

  // Adds the chain to the running pipeline and links it to `sink`.
  static Result<std::shared_ptr<SendChain>> create(GstBin* pipeline, GstPad* sink, Options options);

  void set_sending(Sending sending) { sending_ = sending; }
  uint64_t packets() const { return packets_; }

  explicit SendChain(Options options) : options_(std::move(options)) {}

 private:
  Result<void> build(GstBin* pipeline, GstPad* sink);
  void watch(GstElement* source, GstElement* payloader);
  GstPadProbeReturn fill(GstPadProbeInfo* item);

  const Options options_;
  std::atomic<Sending> sending_ = Sending::kNothing;
  std::atomic<uint64_t> packets_ = 0;
};

}  // namespace rc::media
