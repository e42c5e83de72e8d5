// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ref.h"
#include "media/peer_audio.h"
#include "media/peer_relay.h"
#include "media/receive_chain.h"

namespace rc::media {

// State changes go to the relay, elements inside webrtcbin to the audio.
void connect_signals(const PeerRelay& relay, GstElement* webrtc,
                     const std::weak_ptr<PeerAudio>& audio);
// Errors of a pipeline that nobody else listens to go to the relay.
void connect_bus(const PeerRelay& relay, GstElement* pipeline);
// New src pads go to the chain, in the thread that makes them.
void connect_pads(GstElement* webrtc, const std::shared_ptr<ReceiveChain>& chain);

// A promise whose reply (null: it was dropped) is handled on the signalling thread.
using ReplyHandler = std::function<void(Peer&, const GstStructure* reply)>;
Owned<GstPromise> make_promise(PeerRelay relay, ReplyHandler handler);
// The message of a reply that is an error.
std::optional<std::string> error_of(const GstStructure* reply);

}  // namespace rc::media
