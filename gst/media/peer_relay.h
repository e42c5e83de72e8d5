// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>

#include "core/thread.h"

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

}  // namespace rc::media
