// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "call/media_session.h"
#include "core/result.h"
#include "media/audio_ports.h"
#include "media/codec.h"

namespace rc::media {

struct PeerRelay;

// What goes out: what the AudioSource gives, silence (we hold the call), or nothing but RTCP (the
// far end holds it).
enum class Sending { kAudio, kSilence, kNothing };

// What stands before and behind a Peer's webrtcbin and watches the packets inside it. The Peer
// negotiates and identifies; until it says open() nothing is heard and nothing is sent.
//
// Owned by Peer, weakly by the handlers inside webrtcbin. Thread: signalling, unless said
// otherwise.
class PeerAudio : public std::enable_shared_from_this<PeerAudio> {
 public:
  virtual ~PeerAudio() = default;

  virtual GstElement* webrtcbin() const = 0;  // null after close()
  // Brings it to PLAYING; what it reports goes to the peer. Once, before all below.
  virtual Result<void> start(const PeerRelay& peer) = 0;
  // Sees to it that webrtcbin has its one transceiver, for one of these. webrtcbin is used up then.
  virtual Result<void> make_transceiver(const std::vector<Format>& formats) = 0;
  // What is agreed on, before webrtcbin hears of it.
  virtual Result<void> set_format(const Format& format, std::optional<int> telephone_event) = 0;
  virtual Result<void> open() = 0;                // connected and identified: audio flows both ways
  virtual void set_sending(Sending sending) = 0;  // also before open()
  virtual void shut() = 0;                        // nothing any more, either way
  virtual uint64_t packets() const = 0;           // received, of what is agreed on
  virtual void add_stats(call::MediaStats& stats) const = 0;  // adds to what peers before had
  virtual void close() = 0;

  // A new element inside webrtcbin, and the factory that made it. Thread: any.
  virtual void on_element(std::string_view factory, GstElement* element) = 0;
};

// Where a session gets the audio of its peers.
struct PeerAudioSource {
  std::function<Result<std::shared_ptr<PeerAudio>>(const call::MediaOptions&,
                                                   const std::shared_ptr<AudioPorts>&)>
      make;
  std::function<std::vector<Codec>()> codecs;  // what it can carry, in our order of preference
};

}  // namespace rc::media
