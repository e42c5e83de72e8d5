// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "core/ref.h"
#include "media/key_limit.h"
#include "media/packet_tap.h"
#include "media/peer_audio.h"
#include "media/send_gate.h"
#include "media/stream_merge.h"

namespace rc::media {

// A webrtcbin in a pipeline of the application, with the application's own elements before and
// behind it: what we do is to hold them off it until the peer is identified, and while it holds the
// call. It carries one call: a re-offer into a webrtcbin of 1.22 gives no packets any more. At the
// end of that call, or when nobody is left that could use it, all it feeds gets EOS, and so do its
// own sinks, so that a recording is finished and a pipeline of nothing else ends.
//
// Owned by who borrowed it, and by the session while there is a call.
class BorrowedAudio : public PeerAudio {
 public:
  // Holds the application off at once. Errc::kConfig: it has been used, or has more than one sink
  // pad. Thread: any.
  static Result<std::shared_ptr<BorrowedAudio>> create(GstElement* webrtcbin);
  explicit BorrowedAudio(GstElement* webrtcbin)
      : webrtc_(Ref<GstElement>::share(webrtcbin)) {}  // for create()
  ~BorrowedAudio() override { finish(); }

  // What both the application's ends can have: its payloader, and what waits for a pad of
  // webrtcbin's (gst-launch links it when the pad comes).
  std::vector<Codec> codecs() const;
  bool used() const { return used_; }

  GstElement* webrtcbin() const override { return webrtc_.get(); }
  Result<void> start(const PeerRelay&) override { return {}; }
  Result<void> make_transceiver(const std::vector<Format>& formats) override;
  Result<void> set_format(const Format& format, std::optional<int> telephone_event) override;
  Result<void> open() override;
  void set_sending(Sending sending) override;
  void shut() override;
  uint64_t packets() const override { return tap_->packets(); }
  void add_stats(call::MediaStats& stats) const override;
  void close() override;
  void on_element(std::string_view factory, GstElement* element) override;

 private:
  static void on_pad(GstElement* webrtcbin, GstPad* pad, gpointer audio);
  void watch_source(GstPad* source);
  bool hears(GstPad* source);
  std::shared_ptr<SendGate> gate() const;
  void add_gate(GstPad* sink);
  void update_gate();
  void finish();

  const Ref<GstElement> webrtc_;
  const std::shared_ptr<AudioPorts> ports_ = std::make_shared<AudioPorts>();
  const std::shared_ptr<PacketTap> tap_ = std::make_shared<PacketTap>(ports_);
  const std::shared_ptr<KeyLimit> keys_ = std::make_shared<KeyLimit>();
  const std::shared_ptr<StreamMerge> merge_ = std::make_shared<StreamMerge>();
  mutable std::mutex mutex_;        // gate_
  std::shared_ptr<SendGate> gate_;  // null: the application sends nothing
  Sending sending_ = Sending::kAudio;
  std::atomic<bool> open_ = false;
  std::atomic<gint64> first_audio_ = 0;  // CLOCK_MONOTONIC, us
  bool used_ = false, finished_ = false;
};

}  // namespace rc::media
