// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_sdp.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <utility>

namespace standin::media {
namespace {

constexpr std::size_t kMaxSdpBytes = 32 * 1024;

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return out;
}

int to_int(std::string_view text) {
  int value = -1;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (!text.empty()) {
    auto end = text.find(separator);
    if (end != 0) parts.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return parts;
}

// Removes the prefix from text; false = it is not there.
bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

class Parser {
 public:
  std::optional<AudioSdp> run(std::string_view text, std::string& error) {
    for (auto& line : split(text, '\n')) {
      std::string_view view = line;
      if (view.ends_with('\r')) view.remove_suffix(1);
      on_line(view);
    }
    error = missing();
    if (!error.empty()) return std::nullopt;
    return std::move(sdp_);
  }

 private:
  enum class Section { kSession, kAudio, kOther };

  void on_line(std::string_view line) {
    if (take(line, "m=")) return on_media(line);
    if (section_ == Section::kOther || !take(line, "a=")) return;
    if (on_transport(line)) return;
    if (section_ == Section::kAudio) on_audio(line);
  }

  void on_media(std::string_view value) {
    auto parts = split(value, ' ');
    bool ours = !found_ && parts.size() > 3 && parts[0] == "audio" && parts[1] != "0";
    section_ = ours ? Section::kAudio : Section::kOther;
    if (ours) {
      found_ = true;
      sdp_.audio_index = sdp_.m_lines.size();
      sdp_.profile = parts[2];
      for (std::size_t i = 3; i < parts.size(); ++i) add_static_format(to_int(parts[i]));
    }
    sdp_.m_lines.emplace_back(value);
  }

  // RFC 3551: these numbers mean the same without a=rtpmap.
  void add_static_format(int payload) {
    PayloadFormat format{payload, "", 8000, 1, ""};
    if (payload == 0) format.name = "pcmu";
    if (payload == 8) format.name = "pcma";
    sdp_.formats.push_back(std::move(format));
  }

  // Attributes valid at both levels; the media level wins because it comes later.
  bool on_transport(std::string_view value) {
    if (take(value, "ice-ufrag:")) {
      sdp_.ufrag = value;
    } else if (take(value, "ice-pwd:")) {
      sdp_.pwd = value;
    } else if (take(value, "setup:")) {
      sdp_.setup = value;
    } else if (take(value, "fingerprint:")) {
      on_fingerprint(value);
    } else {
      return on_direction(value);
    }
    return true;
  }

  void on_fingerprint(std::string_view value) {
    auto parts = split(value, ' ');
    if (parts.size() != 2) return;
    if (section_ == Section::kAudio && !std::exchange(media_fingerprint_, true)) {
      sdp_.fingerprints.clear();
    }
    sdp_.fingerprints.push_back({lower(parts[0]), upper(parts[1])});
  }

  bool on_direction(std::string_view value) {
    static constexpr std::pair<std::string_view, Direction> kNames[] = {
        {"sendrecv", Direction::kSendRecv},
        {"sendonly", Direction::kSendOnly},
        {"recvonly", Direction::kRecvOnly},
        {"inactive", Direction::kInactive}};
    for (auto& [name, direction] : kNames) {
      if (value != name) continue;
      sdp_.direction = direction;
      return true;
    }
    return false;
  }

  void on_audio(std::string_view value) {
    if (take(value, "mid:")) {
      sdp_.mid = value;
    } else if (take(value, "rtpmap:")) {
      on_rtpmap(value);
    } else if (take(value, "fmtp:")) {
      on_fmtp(value);
    } else if (value.starts_with("candidate:")) {
      on_candidate(value);
    }
  }

  PayloadFormat* format(int payload) {
    auto same = [payload](const PayloadFormat& f) { return f.payload == payload; };
    auto found = std::find_if(sdp_.formats.begin(), sdp_.formats.end(), same);
    return found == sdp_.formats.end() ? nullptr : &*found;
  }

  void on_rtpmap(std::string_view value) {
    auto parts = split(value, ' ');
    auto* entry = parts.empty() ? nullptr : format(to_int(parts[0]));
    if (entry == nullptr || parts.size() < 2) return;
    auto fields = split(parts[1], '/');
    if (fields.size() < 2) return;
    entry->name = lower(fields[0]);
    entry->clock_rate = to_int(fields[1]);
    entry->channels = fields.size() > 2 ? to_int(fields[2]) : 1;
  }

  void on_fmtp(std::string_view value) {
    auto space = value.find(' ');
    auto* entry = format(to_int(value.substr(0, space)));
    if (entry != nullptr && space != std::string_view::npos) {
      entry->parameters = value.substr(space + 1);
    }
  }

  void on_candidate(std::string_view value) {
    auto parts = split(value, ' ');
    if (parts.size() < 8 || parts[1] != "1" || lower(parts[2]) != "udp") return;
    sdp_.candidates.emplace_back(value);
  }

  std::string missing() const {
    if (!found_) return "no audio stream";
    if (sdp_.profile.find("SAVPF") == std::string::npos) return "no DTLS-SRTP: " + sdp_.profile;
    if (sdp_.ufrag.empty() || sdp_.pwd.empty()) return "no ICE credentials";
    if (sdp_.fingerprints.empty()) return "no fingerprint";
    return "";
  }

  AudioSdp sdp_;
  Section section_ = Section::kSession;
  bool found_ = false;
  bool media_fingerprint_ = false;
};

std::optional<Codec> codec_of(const PayloadFormat& format) {
  if (format.name == "opus" && format.clock_rate == 48000 && format.channels == 2) {
    return Codec::kOpus;
  }
  if (format.clock_rate != 8000) return std::nullopt;
  if (format.name == "pcmu") return Codec::kPcmu;
  if (format.name == "pcma") return Codec::kPcma;
  return std::nullopt;
}

}  // namespace

std::optional<AudioSdp> parse_sdp(std::string_view text, std::string& error) {
  if (text.size() > kMaxSdpBytes) {
    error = "SDP too long";
    return std::nullopt;
  }
  return Parser().run(text, error);
}

std::optional<AgreedFormats> agree(const AudioSdp& peer, const std::vector<Codec>& ours) {
  AgreedFormats agreed;
  for (const auto& format : peer.formats) {
    if (format.name == "telephone-event" && format.clock_rate == 8000) {
      agreed.telephone_event = format.payload;
    }
    auto codec = codec_of(format);
    if (agreed.payload >= 0 || !codec) continue;
    if (std::find(ours.begin(), ours.end(), *codec) == ours.end()) continue;
    agreed.codec = *codec;
    agreed.payload = format.payload;
  }
  if (agreed.payload < 0) return std::nullopt;
  return agreed;
}

std::string webrtcbin_sdp(const AudioSdp& peer, const AgreedFormats& formats,
                          const std::string& mid, const std::string& setup) {
  static constexpr std::string_view kMaps[] = {"OPUS/48000/2", "PCMU/8000", "PCMA/8000"};
  std::ostringstream out;
  out << "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE " << mid << "\r\n"
      << "m=audio 9 UDP/TLS/RTP/SAVPF " << formats.payload << "\r\nc=IN IP4 0.0.0.0\r\n"
      << "a=mid:" << mid << "\r\na=sendrecv\r\na=rtcp-mux\r\na=setup:" << setup << "\r\n"
      << "a=ice-ufrag:" << peer.ufrag << "\r\na=ice-pwd:" << peer.pwd << "\r\n"
      << "a=fingerprint:" << peer.fingerprints[0].hash << ' ' << peer.fingerprints[0].value
      << "\r\na=rtpmap:" << formats.payload << ' ' << kMaps[static_cast<int>(formats.codec)]
      << "\r\n";
  for (const auto& candidate : peer.candidates) out << "a=" << candidate << "\r\n";
  return out.str();
}

int host_candidate_port(std::string_view candidate, std::string_view address) {
  auto parts = split(candidate, ' ');
  if (parts.size() < 8 || parts[1] != "1" || lower(parts[2]) != "udp") return 0;
  if (parts[4] != address || parts[7] != "host") return 0;
  return std::max(0, to_int(parts[5]));
}

Direction answer_to(Direction offered) {
  if (offered == Direction::kSendOnly) return Direction::kRecvOnly;
  if (offered == Direction::kRecvOnly) return Direction::kSendOnly;
  return offered;
}

bool sends(Direction direction) {
  return direction == Direction::kSendRecv || direction == Direction::kSendOnly;
}

}  // namespace standin::media
