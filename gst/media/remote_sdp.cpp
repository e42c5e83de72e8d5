// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/remote_sdp.h"

#include <gst/sdp/gstsdpmessage.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "core/log.h"
#include "core/text.h"
#include "media/remote_candidate.h"

namespace rc::media {
namespace {

constexpr size_t kMaxSdpBytes = 32 * 1024;
constexpr size_t kMaxMediaLines = 8;
constexpr size_t kMaxAttributes = 64;      // of the session and of the audio line, less candidates
constexpr size_t kMaxCandidates = 32;      // the rest is left out
constexpr size_t kMaxIceCharacters = 256;  // RFC 8839 5.4
constexpr size_t kMaxMidCharacters = 64;

struct MessageDelete {
  void operator()(GstSDPMessage* message) const { gst_sdp_message_free(message); }
};
using Message = std::unique_ptr<GstSDPMessage, MessageDelete>;

Error unusable(std::string why) { return {Errc::kRejected, "no usable audio: " + std::move(why)}; }

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7f || (byte < 0x20 && c != '\r' && c != '\n' && c != '\t');
}

Result<Message> parse_message(std::string_view text) {
  if (text.empty()) return unusable("there is no SDP");
  if (text.size() > kMaxSdpBytes) return unusable("the SDP is larger than 32 KiB");
  if (std::any_of(text.begin(), text.end(), is_control)) {
    return unusable("the SDP has a control character in it");
  }
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new(&message);
  Message owned(message);
  if (gst_sdp_message_parse_buffer(reinterpret_cast<const guint8*>(text.data()),
                                   static_cast<guint>(text.size()), message) != GST_SDP_OK) {
    return unusable("the SDP cannot be read");
  }
  const guint lines = gst_sdp_message_medias_len(message);
  if (lines == 0) return unusable("the SDP has no m-line");
  if (lines > kMaxMediaLines) return unusable("the SDP has more than 8 m-lines");
  return owned;
}

std::string text_of(const char* value) { return value == nullptr ? std::string() : value; }

using AttributeList = std::vector<std::pair<std::string, std::string>>;

AttributeList attributes_of(const GArray* all) {
  AttributeList list;
  for (guint i = 0; all != nullptr && i < all->len; ++i) {
    const auto& attribute = g_array_index(all, GstSDPAttribute, i);
    list.emplace_back(text_of(attribute.key), text_of(attribute.value));
  }
  return list;
}

// The attributes of one m-line, with the session's behind them.
class Attributes {
 public:
  Attributes(const GstSDPMessage* session, const GstSDPMedia* media)
      : session_(attributes_of(session->attributes)), media_(attributes_of(media->attributes)) {}

  std::vector<std::string> of_media(std::string_view key) const { return values(media_, key); }
  std::vector<std::string> of_session(std::string_view key) const { return values(session_, key); }
  std::vector<std::string> all(std::string_view key) const {
    auto found = of_media(key);
    return found.empty() ? of_session(key) : found;
  }
  std::string first(std::string_view key) const {
    const auto found = all(key);
    return found.empty() ? std::string() : std::string(trim(found.front()));
  }
  bool has(std::string_view key) const { return !all(key).empty(); }
  bool too_many() const {
    const auto counts = [](const auto& it) { return it.first != "candidate"; };
    return session_.size() > kMaxAttributes ||
           std::count_if(media_.begin(), media_.end(), counts) > ssize_t{kMaxAttributes};
  }

 private:
  static std::vector<std::string> values(const AttributeList& list, std::string_view key) {
    std::vector<std::string> found;
    for (const auto& [name, value] : list) {
      if (name == key) found.push_back(value);
    }
    return found;
  }

  const AttributeList session_, media_;
};

std::string mid_of(const GstSDPMedia* media) {
  for (const auto& [name, value] : attributes_of(media->attributes)) {
    if (name == "mid") return std::string(trim(value).substr(0, kMaxMidCharacters));
  }
  return {};
}

MediaLine media_line(const GstSDPMedia* media) {
  MediaLine line;
  line.media = text_of(gst_sdp_media_get_media(media));
  line.profile = text_of(gst_sdp_media_get_proto(media));
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    line.formats += (i == 0 ? "" : " ") + text_of(gst_sdp_media_get_format(media, i));
  }
  line.mid = mid_of(media);
  return line;
}

constexpr int kMaxPayloadType = 127;

// By payload type: "111 OPUS/48000/2" gives "OPUS/48000/2" to 111. The first one counts.
using Encodings = std::array<std::string, kMaxPayloadType + 1>;

Encodings read_encodings(const Attributes& attributes) {
  Encodings encodings;
  for (const std::string& value : attributes.of_media("rtpmap")) {
    const size_t space = value.find(' ');
    if (space == std::string::npos) continue;
    const auto number = parse_number(trim(value.substr(0, space)), kMaxPayloadType);
    if (number && encodings[*number].empty()) encodings[*number] = trim(value.substr(space));
  }
  return encodings;
}

// Static payload types need no rtpmap (RFC 3551).
std::optional<Codec> codec_of(const std::string& encoding, size_t payload_type) {
  if (!encoding.empty()) return codec_of_rtpmap(encoding);
  if (payload_type == 0) return Codec::kPcmu;
  if (payload_type == 8) return Codec::kPcma;
  return std::nullopt;
}

void read_formats(const GstSDPMedia* media, const Attributes& attributes, RemoteSdp& out) {
  const Encodings encodings = read_encodings(attributes);
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    const auto number = parse_number(text_of(gst_sdp_media_get_format(media, i)), kMaxPayloadType);
    if (!number) continue;
    const std::string& encoding = encodings[*number];
    if (equals_ignore_case(encoding, "telephone-event/8000")) {
      if (!out.telephone_event) out.telephone_event = static_cast<int>(*number);
      continue;
    }
    const auto codec = codec_of(encoding, *number);
    const auto known = [&](const Format& f) { return f.codec == codec; };
    if (codec && std::none_of(out.formats.begin(), out.formats.end(), known)) {
      out.formats.push_back({*codec, static_cast<int>(*number)});
    }
  }
}

// On the m-line wins; then the session's; then sendrecv (RFC 8866 6.7).
Direction read_direction(const Attributes& attributes) {
  using Read = std::vector<std::string> (Attributes::*)(std::string_view) const;
  for (const Read read : {&Attributes::of_media, &Attributes::of_session}) {
    for (const Direction it :
         {Direction::kInactive, Direction::kSendOnly, Direction::kRecvOnly, Direction::kSendRecv}) {
      if (!(attributes.*read)(direction_name(it)).empty()) return it;
    }
  }
  return Direction::kSendRecv;
}

void read_candidates(const Attributes& attributes, RemoteSdp& out) {
  for (const std::string& value : attributes.of_media("candidate")) {
    if (out.candidates.size() == kMaxCandidates) return;
    if (auto candidate = read_remote_candidate(value)) {
      out.candidates.push_back(std::move(*candidate));
    }
  }
}

// Of several the strongest counts, so that a weak one cannot be slipped in beside it.
Result<void> read_fingerprint(const Attributes& attributes, RemoteSdp& out) {
  for (const std::string& value : attributes.all("fingerprint")) {
    const auto parsed = parse_fingerprint(value);
    if (parsed.ok() && strength(parsed.value()) > strength(out.fingerprint)) {
      out.fingerprint = parsed.value();
    }
  }
  if (strength(out.fingerprint) == 0)
    return unusable("no DTLS fingerprint (SDES and plain RTP are refused)");
  if (strength(out.fingerprint) > 1) return {};
  // RingCentral's form of 2019: RTP/SAVPF, no mid (samples/sdp/rc-offer-inbound-2019.sdp).
  if (!equals_ignore_case(out.line().profile, "RTP/SAVPF") || !out.line().mid.empty()) {
    return unusable("a sha-1 fingerprint is not accepted");
  }
  RC_LOG(kMedia, WARNING, "the peer identifies itself by a sha-1 fingerprint only");
  return {};
}

Result<void> read_ice(const Attributes& attributes, RemoteSdp& out) {
  out.ufrag = attributes.first("ice-ufrag");
  out.pwd = attributes.first("ice-pwd");
  const auto fits = [](const std::string& text, size_t least) {
    return text.size() >= least && text.size() <= kMaxIceCharacters &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
  };
  if (!fits(out.ufrag, 4) || !fits(out.pwd, 22)) return unusable("no ICE credentials");
  out.ice_lite = attributes.has("ice-lite");
  read_candidates(attributes, out);
  return {};
}

Result<void> read_profile(const RemoteSdp& remote) {
  const std::string profile = to_lower(remote.line().profile);
  for (const char* ours : {"udp/tls/rtp/savpf", "rtp/savpf", "udp/tls/rtp/savp", "rtp/savp"}) {
    if (profile == ours) return {};
  }
  return unusable("the audio is not DTLS-SRTP");
}

Result<void> read_setup(const Attributes& attributes, RemoteSdp& out) {
  out.setup = to_lower(attributes.first("setup"));
  for (const char* known : {"", "actpass", "active", "passive"}) {
    if (out.setup == known) return {};
  }
  return unusable("a=setup is neither actpass, active nor passive");
}

Result<void> read_line(const GstSDPMedia* media, const Attributes& attributes, RemoteSdp& out) {
  if (gst_sdp_media_get_port(media) == 0) return unusable("the audio was refused");
  if (attributes.too_many()) return unusable("it has more than 64 attributes");
  if (auto read = read_profile(out); !read.ok()) return read;
  read_formats(media, attributes, out);
  if (out.formats.empty()) return unusable("none of Opus (48 kHz), PCMU and PCMA is in it");
  if (auto read = read_fingerprint(attributes, out); !read.ok()) return read;
  if (auto read = read_ice(attributes, out); !read.ok()) return read;
  out.rtcp_mux = attributes.has("rtcp-mux");
  out.direction = read_direction(attributes);
  return read_setup(attributes, out);
}

bool has_bundle(const GstSDPMessage* message) {
  const AttributeList all = attributes_of(message->attributes);
  return std::any_of(all.begin(), all.end(), [](const auto& it) {
    return it.first == "group" && it.second.starts_with("BUNDLE");
  });
}

RemoteSdp read_lines(const GstSDPMessage* message) {
  RemoteSdp result;
  result.bundled = has_bundle(message);
  for (guint i = 0; i < gst_sdp_message_medias_len(message); ++i) {
    result.lines.push_back(media_line(gst_sdp_message_get_media(message, i)));
  }
  return result;
}

// An answer has to choose; one that does not leaves us the active part, as RingCentral's do.
std::string webrtc_setup(const std::string& said, SdpKind kind) {
  if (kind == SdpKind::kOffer) return said.empty() ? "actpass" : said;
  return said == "active" ? said : "passive";
}

}  // namespace

const char* direction_name(Direction direction) {
  switch (direction) {
    case Direction::kSendRecv:
      return "sendrecv";
    case Direction::kSendOnly:
      return "sendonly";
    case Direction::kRecvOnly:
      return "recvonly";
    case Direction::kInactive:
      return "inactive";
  }
  return "sendrecv";
}

Result<RemoteSdp> parse_remote_sdp(std::string_view text) {
  auto parsed = parse_message(text);
  if (!parsed.ok()) return parsed.error();
  const GstSDPMessage* message = parsed.value().get();
  const RemoteSdp lines = read_lines(message);
  Error reason = unusable("no audio line");
  for (size_t i = 0; i < lines.lines.size(); ++i) {
    if (lines.lines[i].media != "audio") continue;
    RemoteSdp result = lines;
    result.index = i;
    const GstSDPMedia* media = gst_sdp_message_get_media(message, static_cast<guint>(i));
    const auto read = read_line(media, Attributes(message, media), result);
    if (read.ok()) return result;
    reason = read.error();
  }
  return reason;
}

std::string webrtc_sdp(const RemoteSdp& remote, const Format& format, SdpKind kind) {
  const std::string type = std::to_string(format.payload_type);
  const std::string& mid = remote.line().mid;
  std::string text = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
  if (remote.ice_lite) text += "a=ice-lite\r\n";
  text += "m=audio 9 UDP/TLS/RTP/SAVPF " + type + "\r\nc=IN IP4 0.0.0.0\r\n";
  text += "a=rtpmap:" + type + " " + rtpmap(format.codec) + "\r\n";
  text += "a=mid:" + (mid.empty() ? std::string(kDefaultMid) : mid) + "\r\n";
  text += "a=rtcp-mux\r\na=sendrecv\r\na=setup:" + webrtc_setup(remote.setup, kind) + "\r\n";
  text +=
      "a=fingerprint:" + remote.fingerprint.algorithm + " " + remote.fingerprint.digest + "\r\n";
  text += "a=ice-ufrag:" + remote.ufrag + "\r\na=ice-pwd:" + remote.pwd + "\r\n";
  for (const std::string& it : remote.candidates) text += "a=candidate:" + it + "\r\n";
  return text + "a=end-of-candidates\r\n";
}

bool same_transport(const RemoteSdp& a, const RemoteSdp& b) {
  return a.ufrag == b.ufrag && a.pwd == b.pwd && a.fingerprint == b.fingerprint;
}

}  // namespace rc::media
