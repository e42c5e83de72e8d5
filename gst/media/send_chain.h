// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "core/ref.h"
#include "core/result.h"
#include "media/audio_ports.h"
#include "media/codec.h"
#include "media/decimator.h"
#include "media/elements.h"
#include "media/peer_audio.h"

namespace rc::media {

// From the AudioSource to webrtcbin's sink pad: a live source of silence every 20 ms, which a probe
// overwrites, ! encoder ! payloader. Built when the peer is connected and identified: what was to
// be said before is dropped, not queued (queued, it goes out as a burst of old sound, measured).
//
// Who has nothing to say sends silence, but nobody encodes it over and over: what the encoder made
// of the first silent blocks is sent again and again. (Opus encodes nothing as dearly as speech: a
// third of what a call costs that only listens, tests/bench.)
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
  void watch(const Chain& chain);
  GstPadProbeReturn fill(GstPadProbeInfo* item);
  void fill(std::span<int16_t> block, Sending sending);
  GstPadProbeReturn on_encoded(GstPadProbeInfo* item);
  void repeat_silence();
  GstClockTime time_of_packet() const;

  const Options options_;
  std::atomic<Sending> sending_ = Sending::kNothing;
  std::atomic<uint64_t> packets_ = 0;
  Ref<GstPad> encoded_;  // the encoder's src
  // Only used by the source's thread.
  Decimator decimator_;       // for G.711
  int quiet_ = 0;             // blocks of silence in a row
  Owned<GstBuffer> silence_;  // what the encoder made of the last one that it got
  bool repeating_ = false;    // it is on its way
  bool repeated_ = false;     // it was the last packet
  GstClockTime block_time_ = GST_CLOCK_TIME_NONE;  // PTS of the block under way
  GstClockTimeDiff delay_ = 0;                     // from its PTS to that of what is made of it
  GstClockTime sent_until_ = 0;                    // PTS behind the last packet
};

}  // namespace rc::media
