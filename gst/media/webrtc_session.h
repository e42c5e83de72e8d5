// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "call/media_session.h"
#include "core/clock.h"
#include "core/thread.h"
#include "media/audio_ports.h"
#include "media/local_sdp.h"
#include "media/peer.h"
#include "media/remote_sdp.h"
#include "media/watchdog.h"

namespace rc::media {

// The audio of one call on webrtcbin: the SDP of its (re-)INVITEs, and the Peer that carries it.
// Hold, resume and refresh are answered here, without the Peer (a webrtcbin of 1.22 cannot change
// direction). A new ICE or DTLS association is a new Peer beside the one in use, which is dropped
// when the new one is connected and identified; if that fails, all stays as it was.
class WebRtcSession : public call::MediaSession {
 public:
  struct Environment {
    TaskQueue queue;
    Clock* clock;
    PeerAudioSource audio;
  };

  WebRtcSession(call::MediaOptions options, Listener* listener, Environment around);
  ~WebRtcSession() override { close(); }

  void answer(std::string offer, SdpCallback done) override;
  void offer(SdpCallback done) override;
  Result<void> apply_answer(std::string answer) override;
  std::string reoffer(bool on_hold) override;
  void set_receiver(std::shared_ptr<call::AudioReceiver> receiver) override;
  void set_source(std::shared_ptr<call::AudioSource> source) override;
  call::MediaStats stats() const override;
  void close() override;

 private:
  Result<std::shared_ptr<Peer>> make_peer();
  bool may_make_peer();
  void withdraw_offer();
  void drop_fresh();
  void finish(SdpCallback done, Result<std::string> result);
  Result<Format> choose(const RemoteSdp& remote) const;
  void answer_with_new_peer(RemoteSdp offer, SdpCallback done);
  Result<std::string> answer_with_same_peer(const RemoteSdp& offer);
  std::string accept(const RemoteSdp& offer, LocalTransport transport);
  std::string offer_text(LocalTransport transport);
  Result<void> complete(Peer& offering, const RemoteSdp& remote);
  void agree(const RemoteSdp& remote);
  void on_peer_connected(Peer& peer);
  void on_peer_failed(Peer& peer, const Error& error);
  void fail(const Error& error);
  void update_sending();
  Watchdog::Options watchdog_options();

  const call::MediaOptions options_;
  Listener* const listener_;
  const TaskQueue queue_;
  Clock& clock_;
  const PeerAudioSource audio_;
  const std::shared_ptr<AudioPorts> ports_ = std::make_shared<AudioPorts>();
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  std::shared_ptr<Peer> peer_;   // in use, or on its way to be
  std::shared_ptr<Peer> fresh_;  // to replace it when it is connected
  // What offers and answers agreed on: of the fresh peer, if there is one.
  std::optional<RemoteSdp> remote_;
  LocalSdp local_;
  Format format_{};
  struct Agreement {
    std::optional<RemoteSdp> remote;
    LocalSdp local;
    Format format;
  };
  std::optional<Agreement> old_;        // of peer_, while there is a fresh one
  call::MediaStats before_;             // of the peers before peer_
  Clock::Duration peers_paid_until_{};  // see may_make_peer()
  bool agreed_ = false;
  bool on_hold_ = false;  // we hold the call
  Watchdog watchdog_;
};

}  // namespace rc::media
