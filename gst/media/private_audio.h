// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>

#include "core/ref.h"
#include "media/key_limit.h"
#include "media/packet_tap.h"
#include "media/peer_audio.h"
#include "media/peer_relay.h"
#include "media/receive_chain.h"
#include "media/send_chain.h"
#include "media/stream_limit.h"

namespace rc::media {

// A pipeline of our own around a webrtcbin of our own: decodes for the AudioReceiver, encodes what
// the AudioSource gives.
class PrivateAudio : public PeerAudio {
 public:
  static Result<std::shared_ptr<PeerAudio>> create(const call::MediaOptions& media,
                                                   const std::shared_ptr<AudioPorts>& ports);
  PrivateAudio(const call::MediaOptions& media, std::shared_ptr<AudioPorts> ports);  // for create()
  ~PrivateAudio() override { close(); }

  GstElement* webrtcbin() const override { return webrtc_.get(); }
  Result<void> start(const PeerRelay& peer) override;
  Result<void> make_transceiver(const std::vector<Format>& formats) override;
  Result<void> set_format(const Format& format, std::optional<int> telephone_event) override;
  Result<void> open() override;
  void set_sending(Sending sending) override;
  void shut() override;
  uint64_t packets() const override { return tap_->packets(); }
  void add_stats(call::MediaStats& stats) const override;
  void close() override;  // 4-20 ms (measured)
  void on_element(std::string_view factory, GstElement* element) override;

 private:
  Result<void> build();

  const call::MediaOptions media_;
  const std::shared_ptr<AudioPorts> ports_;
  const std::shared_ptr<PacketTap> tap_;
  const std::shared_ptr<StreamLimit> limit_ = std::make_shared<StreamLimit>();
  const std::shared_ptr<KeyLimit> keys_ = std::make_shared<KeyLimit>();
  Ref<GstElement> pipeline_, webrtc_;
  Ref<GstPad> send_pad_;
  std::optional<PeerRelay> peer_;
  std::shared_ptr<ReceiveChain> receive_;
  std::shared_ptr<SendChain> send_;
  Format format_{};
  Sending sending_ = Sending::kAudio;
};

}  // namespace rc::media
