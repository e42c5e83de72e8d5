// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/sdp/gstsdpmessage.h>

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "media/codec.h"
#include "media/remote_sdp.h"

namespace rc::media {

// Our end of ICE and DTLS, as webrtcbin made it.
struct LocalTransport {
  std::string ufrag, pwd;
  std::string fingerprint;              // "sha-256 AA:BB:..."
  std::string setup;                    // actpass in an offer, active or passive in an answer
  std::vector<std::string> candidates;  // attribute values, filtered
};

// Takes it out of webrtcbin's local description. Candidates: component 1, UDP, no link-local.
Result<LocalTransport> read_local_transport(const GstSDPMessage* description);

// What our SDP in a SIP body says. Everything in it is ours: origin, default address, directions;
// of webrtcbin's own text only LocalTransport is left (no msid, ssrc or trickle lines, no TCP).
struct LocalSdp {
  uint64_t id = 0;       // of the o= line, for the life of the call
  uint64_t version = 1;  // goes up by one with every SDP that differs
  LocalTransport transport;
  std::vector<Format> formats;
  std::optional<int> telephone_event;
  Direction direction = Direction::kSendRecv;
  bool bundled = true;
  bool rtcp_mux = true;
  std::vector<MediaLine> lines = {{"audio", "UDP/TLS/RTP/SAVPF", "", kDefaultMid}};
  size_t index = 0;  // the line that is used; all others are refused with port 0

  std::string text() const;
};

// What answers the peer's direction, when it is we who hold the call or not.
Direction answer_direction(Direction offered, bool on_hold);

}  // namespace rc::media
