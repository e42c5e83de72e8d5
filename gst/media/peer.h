// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <string>

#include "call/media_session.h"
#include "core/clock.h"
#include "core/ref.h"
#include "core/result.h"
#include "core/thread.h"
#include "media/local_sdp.h"
#include "media/peer_audio.h"
#include "media/remote_sdp.h"

namespace rc::media {

// One webrtcbin: one ICE and DTLS association with the peer; the audio around it is a PeerAudio's.
// Disposable: a re-offer into a webrtcbin of 1.22 gives no packets any more, so new ICE credentials
// mean a new Peer beside the old one.
//
// It negotiates once: answer(), or offer() and apply_answer(). Owned by WebRtcSession. Thread:
// signalling; what webrtcbin's threads have to say is posted there.
class Peer : public std::enable_shared_from_this<Peer> {
 public:
  struct Options {
    call::MediaOptions media;
    TaskQueue queue;
    Clock* clock;
    std::shared_ptr<PeerAudio> audio;
    std::function<void(Peer&)> on_connected;             // DTLS up, fingerprint checked; once
    std::function<void(Peer&, const Error&)> on_failed;  // once; it is of no use any more
  };
  using TransportCallback = std::function<void(Result<LocalTransport>)>;

  static Result<std::shared_ptr<Peer>> create(Options options);
  explicit Peer(Options options);  // for create()
  ~Peer();
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;

  // Takes the peer's offer and gives our end; what it says is complete (gathering done or 1 s).
  void answer(const RemoteSdp& offer, const Format& format, TransportCallback done);
  // Gives our end for an offer of these.
  void offer(const std::vector<Format>& formats, TransportCallback done);
  Result<void> apply_answer(const RemoteSdp& answer, const Format& format);

  // Lets audio through, both ways; only after on_connected.
  void open();
  void set_sending(Sending sending) { options_.audio->set_sending(sending); }
  bool is_answered() const { return answered_; }  // the negotiation is over
  bool is_connected() const { return connected_at_.count() != 0; }
  uint64_t packets() const { return options_.audio->packets(); }  // received

  // Adds its counts, sets what is of now; clock_rate: Hz, of what we send.
  void add_stats(call::MediaStats& stats, int clock_rate) const;
  void close();  // no callback after it

  // What webrtcbin reports (peer_signals.cpp).
  bool is_usable() const { return webrtc_ && !failed_; }
  void on_gathering_state();
  void on_connection_state();
  void fail(Error error);

 private:
  Result<void> build();
  Result<void> tune_ice();
  Result<void> prefer(const std::vector<Format>& formats);
  Result<void> set_format(const RemoteSdp& remote, const Format& format);
  Result<void> set_remote(const RemoteSdp& remote, const Format& format, SdpKind kind);
  void create_local(SdpKind kind);
  void on_description(const GstStructure* reply, const char* field);
  void give_transport();
  void check_certificate();
  void expect_connection();

  const Options options_;
  Ref<GstElement> webrtc_;  // null once closed
  Fingerprint announced_;
  TransportCallback transport_done_;
  Timer gathering_limit_, connect_limit_;
  bool answered_ = false, failed_ = false;
  std::chrono::microseconds connected_at_{};
};

}  // namespace rc::media
