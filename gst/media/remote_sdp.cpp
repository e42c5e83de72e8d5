// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/remote_sdp.h"

#include <gst/sdp/gstsdpmessage.h>

#include <algorithm>
#include <memory>

#include "core/log.h"
#include "core/text.h"

namespace rc::media {
namespace {

constexpr size_t kMaxSdpBytes = 32 * 1024;
constexpr size_t kMaxMediaLines = 8;
constexpr size_t kMaxCandidates = 32;
constexpr size_t kMaxIceCharacters = 256;  // RFC 8839 5.4
constexpr size_t kMaxMidCharacters = 64;

struct MessageDelete {
  void operator()(GstSDPMessage* message) const { gst_sdp_message_free(message); }
};
using Message = std::unique_ptr<GstSDPMessage, MessageDelete>;

Error unusable(std::string why) { return {Errc::kRejected, "no usable audio: " + std::move(why)}; }

Result<Message> parse_message(std::string_view text) {
  if (text.empty()) return unusable("there is no SDP");
  if (text.size() > kMaxSdpBytes) return unusable("the SDP is larger than 32 KiB");
  if (text.find('\0') != std::string_view::npos) return unusable("the SDP has a NUL in it");
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

// The attributes of one m-line, with the session's behind them.
class Attributes {
 public:
  Attributes(const GstSDPMessage* session, const GstSDPMedia* media)
      : session_(session), media_(media) {}

  std::vector<std::string> of_media(const char* key) const {
    std::vector<std::string> values;
    for (guint i = 0; gst_sdp_media_get_attribute_val_n(media_, key, i) != nullptr; ++i) {
      values.emplace_back(gst_sdp_media_get_attribute_val_n(media_, key, i));
    }
    return values;
  }
  std::vector<std::string> of_session(const char* key) const {
    std::vector<std::string> values;
    for (guint i = 0; gst_sdp_message_get_attribute_val_n(session_, key, i) != nullptr; ++i) {
      values.emplace_back(gst_sdp_message_get_attribute_val_n(session_, key, i));
    }
    return values;
  }
  std::vector<std::string> all(const char* key) const {
    auto values = of_media(key);
    return values.empty() ? of_session(key) : values;
  }
  std::string first(const char* key) const {
    const auto values = all(key);
    return values.empty() ? std::string() : std::string(trim(values.front()));
  }
  bool has(const char* key) const { return !all(key).empty(); }

 private:
  const GstSDPMessage* session_;
  const GstSDPMedia* media_;
};

MediaLine media_line(const GstSDPMedia* media, const Attributes& attributes) {
  MediaLine line;
  line.media = text_of(gst_sdp_media_get_media(media));
  line.profile = text_of(gst_sdp_media_get_proto(media));
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    line.formats += (i == 0 ? "" : " ") + text_of(gst_sdp_media_get_format(media, i));
  }
  const auto mids = attributes.of_media("mid");
  if (!mids.empty()) line.mid = trim(mids.front()).substr(0, kMaxMidCharacters);
  return line;
}

// "111 OPUS/48000/2" for payload type 111 gives "OPUS/48000/2".
std::optional<std::string> encoding_of(const std::vector<std::string>& rtpmaps, int payload_type) {
  for (const std::string& value : rtpmaps) {
    const size_t space = value.find(' ');
    if (space == std::string::npos) continue;
    const auto number = parse_number(trim(value.substr(0, space)), 127);
    if (number && static_cast<int>(*number) == payload_type) return value.substr(space + 1);
  }
  return std::nullopt;
}

// Static payload types need no rtpmap (RFC 3551).
std::optional<Codec> codec_of(const std::vector<std::string>& rtpmaps, int payload_type) {
  if (const auto encoding = encoding_of(rtpmaps, payload_type)) return codec_of_rtpmap(*encoding);
  if (payload_type == 0) return Codec::kPcmu;
  if (payload_type == 8) return Codec::kPcma;
  return std::nullopt;
}

void read_formats(const GstSDPMedia* media, const Attributes& attributes, RemoteSdp& out) {
  const auto rtpmaps = attributes.of_media("rtpmap");
  for (guint i = 0; i < gst_sdp_media_formats_len(media); ++i) {
    const auto number = parse_number(text_of(gst_sdp_media_get_format(media, i)), 127);
    if (!number) continue;
    const int payload_type = static_cast<int>(*number);
    const auto encoding = encoding_of(rtpmaps, payload_type);
    if (encoding && equals_ignore_case(trim(*encoding), "telephone-event/8000")) {
      if (!out.telephone_event) out.telephone_event = payload_type;
      continue;
    }
    const auto codec = codec_of(rtpmaps, payload_type);
    const auto known = [&](const Format& f) { return f.codec == codec; };
    if (codec && std::none_of(out.formats.begin(), out.formats.end(), known)) {
      out.formats.push_back({*codec, payload_type});
    }
  }
}

// On the m-line wins; then the session's; then sendrecv (RFC 8866 6.7).
Direction read_direction(const Attributes& attributes) {
  using Read = std::vector<std::string> (Attributes::*)(const char*) const;
  for (const Read read : {&Attributes::of_media, &Attributes::of_session}) {
    for (const Direction it :
         {Direction::kInactive, Direction::kSendOnly, Direction::kRecvOnly, Direction::kSendRecv}) {
      if (!(attributes.*read)(direction_name(it)).empty()) return it;
    }
  }
  return Direction::kSendRecv;
}

// Component 2 is RTCP without rtcp-mux, which we never do. No TCP.
bool is_usable_candidate(const std::string& value) {
  gchar** fields = g_strsplit(value.c_str(), " ", 4);
  const bool usable = g_strv_length(fields) == 4 && std::string_view(fields[1]) == "1" &&
                      equals_ignore_case(fields[2], "udp");
  g_strfreev(fields);
  return usable;
}

void read_candidates(const Attributes& attributes, RemoteSdp& out) {
  for (std::string& value : attributes.of_media("candidate")) {
    if (out.candidates.size() == kMaxCandidates) return;
    if (is_usable_candidate(value)) out.candidates.push_back(std::move(value));
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
           text.find(' ') == std::string::npos;
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
  for (guint i = 0; gst_sdp_message_get_attribute_val_n(message, "group", i) != nullptr; ++i) {
    const std::string_view value = gst_sdp_message_get_attribute_val_n(message, "group", i);
    if (value.starts_with("BUNDLE")) return true;
  }
  return false;
}

RemoteSdp read_lines(const GstSDPMessage* message) {
  RemoteSdp result;
  result.bundled = has_bundle(message);
  for (guint i = 0; i < gst_sdp_message_medias_len(message); ++i) {
    const GstSDPMedia* media = gst_sdp_message_get_media(message, i);
    result.lines.push_back(media_line(media, Attributes(message, media)));
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
