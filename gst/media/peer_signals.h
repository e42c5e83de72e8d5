// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/ref.h"
#include "core/thread.h"
#include "media/key_limit.h"
#include "media/packet_tap.h"
#include "media/receive_chain.h"
#include "media/stream_limit.h"

namespace rc::media {

class Peer;

// How webrtcbin's threads reach a Peer, which may be gone by then: they post to the signalling
// thread, nothing else.
struct PeerRelay {
  TaskQueue queue;
  std::weak_ptr<Peer> peer;

  // Runs `task` on the signalling thread if the peer is still in use then.
  void post(std::function<void(Peer&)> task) const;
};

// What watches the inside of webrtcbin.
struct Watchers {
  std::weak_ptr<PacketTap> tap;      // jitterbuffers
  std::weak_ptr<StreamLimit> limit;  // demuxers
  std::weak_ptr<KeyLimit> keys;      // decryption
};

// State changes and errors go to the relay, elements inside webrtcbin to their watchers.
void connect_signals(const PeerRelay& relay, GstElement* pipeline, GstElement* webrtc,
                     const Watchers& watchers);
// New src pads go to the chain, in the thread that makes them.
void connect_pads(GstElement* webrtc, const std::shared_ptr<ReceiveChain>& chain);

// A promise whose reply (null: it was dropped) is handled on the signalling thread.
using ReplyHandler = std::function<void(Peer&, const GstStructure* reply)>;
Owned<GstPromise> make_promise(PeerRelay relay, ReplyHandler handler);
// The message of a reply that is an error.
std::optional<std::string> error_of(const GstStructure* reply);

}  // namespace rc::media
