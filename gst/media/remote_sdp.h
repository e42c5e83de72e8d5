// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "media/codec.h"
#include "media/fingerprint.h"

namespace rc::media {

enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive };

const char* direction_name(Direction direction);  // as an SDP attribute
inline bool sends(Direction d) { return d == Direction::kSendRecv || d == Direction::kSendOnly; }
inline bool receives(Direction d) { return d == Direction::kSendRecv || d == Direction::kRecvOnly; }

// One m-line of the peer, as far as an answer has to repeat it.
struct MediaLine {
  std::string media, profile, formats;
  std::string mid;  // empty: it has none
};

// What we understood of a peer's SDP. Only this goes on: to webrtcbin as a text that we write
// anew, so that nothing which we do not know reaches it.
struct RemoteSdp {
  std::vector<MediaLine> lines;
  size_t index = 0;      // of the audio line that we use
  bool bundled = false;  // it has an a=group:BUNDLE
  bool rtcp_mux = false;
  bool ice_lite = false;
  std::vector<Format> formats;                 // ours, in the peer's order; not empty
  std::optional<int> telephone_event;          // payload type, 8 kHz
  Direction direction = Direction::kSendRecv;  // as the peer sees it
  std::string setup;                           // empty: not said
  std::string ufrag, pwd;
  Fingerprint fingerprint;              // the strongest
  std::vector<std::string> candidates;  // attribute values, component 1, UDP

  const MediaLine& line() const { return lines[index]; }
};

// Reads an offer or an answer. Session-level values count where the m-line has none.
// Errc::kRejected (a 488) when there is no audio line that we can use: DTLS-SRTP with one of our
// codecs, ICE, a fingerprint; or when it is over a limit: 32 KiB, 8 m-lines, 64 attributes of the
// line. A fault of its form is Errc::kRejected too: there is no other answer to it.
Result<RemoteSdp> parse_remote_sdp(std::string_view text);

enum class SdpKind { kOffer, kAnswer };

// The peer's SDP for webrtcbin: one m-line, one codec (its answer holds but one, measured in 1.22),
// always sendrecv (it cannot change direction in 1.22: hold is not its business), with a mid (it
// refuses an SDP without).
std::string webrtc_sdp(const RemoteSdp& remote, const Format& format, SdpKind kind);

// Whether both describe the same ICE and DTLS transport: no restart, no other peer.
bool same_transport(const RemoteSdp& a, const RemoteSdp& b);

// What webrtcbin calls our audio line when the peer does not say.
constexpr const char* kDefaultMid = "0";

}  // namespace rc::media
