// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/ref.h"
#include "core/result.h"
#include "media/audio_ports.h"
#include "media/codec.h"
#include "media/sender_stamp.h"

namespace rc::media {

// From webrtcbin's src pads to the AudioReceiver: selector ! depayloader ! decoder with concealment
// ! mono at the wanted rate. It runs in the thread of webrtcbin's jitterbuffer: no queue, no thread
// of its own. Explicit elements, never decodebin: what the peer may reach is what was agreed on.
//
// Each SSRC comes out of a pad of its own, and an unlinked pad kills the whole webrtcbin (1.22,
// "Internal data stream error"). So every pad is linked at once, in the thread that made it. The
// newest is heard from its third packet on, or from its first when nobody talks; when it falls
// silent, another that talks is (the music is over, the person is back with the SSRC of before).
//
// Owned by Peer and, weakly, by the probes. Thread: as said at each function.
class ReceiveChain : public std::enable_shared_from_this<ReceiveChain> {
 public:
  struct Options {
    std::shared_ptr<AudioPorts> ports;
    Format format;
    int rate = 16000;                      // Hz, of what the receiver gets
    std::chrono::nanoseconds base_time{};  // of the pipeline
  };

  // Adds the chain to the pipeline. Thread: signalling.
  static Result<std::shared_ptr<ReceiveChain>> create(GstBin* pipeline, Options options);

  // Takes a new src pad of webrtcbin; lets go of those whose stream is gone. Thread: any.
  void add_pad(GstElement* webrtcbin, GstPad* pad);

  // Until opened nothing is heard (the fingerprint is not checked yet), after close() nothing any
  // more. Thread: any.
  void set_open(bool open) { open_ = open; }
  bool is_open() const { return open_; }

  // CLOCK_MONOTONIC of the first block that a decoder made; 0 = none yet.
  std::chrono::microseconds first_audio_at() const {
    return std::chrono::microseconds(first_audio_);
  }

  explicit ReceiveChain(Options options)
      : options_(std::move(options)), stamper_(info(options_.format.codec).clock_rate) {}

 private:
  Result<void> build(GstBin* pipeline);
  void stamp_packets(GstElement* depayloader);
  void watch_decoder(GstElement* decoder, GstElement* sink);
  void note_first_audio();
  void deliver(GstBuffer* buffer);

  // One SSRC: a pad of webrtcbin and the selector's pad that it is linked to.
  struct Stream {
    Ref<GstPad> source, sink;
  };

  void watch_pad(const Stream& stream);
  bool admits(GstPad* source, GstPad* sink, bool takes_over);
  void select(GstPad* source, GstPad* sink);
  void remove_dead(GstElement* webrtcbin);

  const Options options_;
  Ref<GstElement> selector_;
  std::mutex mutex_;  // streams_ and who is heard
  std::vector<Stream> streams_;
  std::atomic<GstPad*> current_ = nullptr;  // the source that is heard; only compared, never used
  std::atomic<gint64> last_packet_ = 0;     // of it; CLOCK_MONOTONIC, us
  std::atomic<bool> open_ = false;
  std::atomic<gint64> first_audio_ = 0;
  // Only used by the thread that decodes.
  SenderStamper stamper_;
  std::optional<std::uint32_t> ssrc_;  // of the last block with a stamp
  struct {
    GstClockTime time = GST_CLOCK_TIME_NONE;  // PTS
    std::optional<SenderStamp> sender;
  } decoded_;  // what the decoder made last
};

}  // namespace rc::media
