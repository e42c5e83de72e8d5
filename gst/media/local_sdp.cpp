// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/local_sdp.h"

#include <gio/gio.h>

#include <algorithm>
#include <optional>

#include "core/ref.h"
#include "core/text.h"

namespace rc::media {
namespace {

// foundation component transport priority address port typ type ... (RFC 8839 5.1)
struct Candidate {
  std::string component, transport, address, port, type;
};

std::optional<Candidate> parse_candidate(const std::string& value) {
  gchar** f = g_strsplit(value.c_str(), " ", 9);
  std::optional<Candidate> result;
  if (g_strv_length(f) >= 8) result = Candidate{f[1], f[2], f[4], f[5], f[7]};
  g_strfreev(f);
  return result;
}

bool is_link_local(const std::string& address) {
  const Ref<GInetAddress> parsed =
      Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  return !parsed || g_inet_address_get_is_link_local(parsed.get()) == TRUE;
}

bool is_offered(const std::string& value) {
  const auto it = parse_candidate(value);
  return it && it->component == "1" && equals_ignore_case(it->transport, "udp") &&
         !is_link_local(it->address);
}

bool is_ipv6(const std::string& address) { return address.find(':') != std::string::npos; }

// The address that a peer without ICE would use: the most reachable one, IPv4 before IPv6.
Candidate default_candidate(const std::vector<std::string>& candidates) {
  Candidate best{"1", "UDP", "0.0.0.0", "9", ""};  // "not known yet" (RFC 8840 4.1.1)
  int best_rank = -1;
  for (const std::string& value : candidates) {
    const auto it = parse_candidate(value);
    const int rank = (is_ipv6(it->address) ? 0 : 2) + (it->type == "srflx" ? 1 : 0);
    if (rank > best_rank) {
      best = *it;
      best_rank = rank;
    }
  }
  return best;
}

std::string connection(const std::string& address) {
  return std::string("IN ") + (is_ipv6(address) ? "IP6 " : "IP4 ") + address;
}

std::string refused(const MediaLine& line) {
  std::string text = "m=" + line.media + " 0 " + line.profile + " " + line.formats + "\r\n";
  if (!line.mid.empty()) text += "a=mid:" + line.mid + "\r\n";
  return text + "a=inactive\r\n";
}

std::string payload_types(const LocalSdp& sdp) {
  std::string text;
  for (const Format& it : sdp.formats) text += " " + std::to_string(it.payload_type);
  if (sdp.telephone_event) text += " " + std::to_string(*sdp.telephone_event);
  return text;
}

std::string format_lines(const LocalSdp& sdp) {
  std::string text;
  for (const Format& it : sdp.formats) {
    const std::string type = std::to_string(it.payload_type);
    const std::string fmtp = info(it.codec).fmtp;
    text += "a=rtpmap:" + type + " " + rtpmap(it.codec) + "\r\n";
    if (!fmtp.empty()) text += "a=fmtp:" + type + " " + fmtp + "\r\n";
  }
  if (sdp.telephone_event) {
    const std::string type = std::to_string(*sdp.telephone_event);
    text += "a=rtpmap:" + type + " telephone-event/8000\r\na=fmtp:" + type + " 0-15\r\n";
  }
  return text + "a=ptime:20\r\n";
}

std::string transport_lines(const LocalTransport& transport) {
  std::string text = "a=setup:" + transport.setup + "\r\n";
  text += "a=fingerprint:" + transport.fingerprint + "\r\n";
  text += "a=ice-ufrag:" + transport.ufrag + "\r\na=ice-pwd:" + transport.pwd + "\r\n";
  for (const std::string& it : transport.candidates) text += "a=candidate:" + it + "\r\n";
  return text + "a=end-of-candidates\r\n";
}

std::string used(const LocalSdp& sdp, const Candidate& address) {
  const MediaLine& line = sdp.lines[sdp.index];
  std::string text = "m=audio " + address.port + " " + line.profile + payload_types(sdp) + "\r\n";
  text += "c=" + connection(address.address) + "\r\n" + format_lines(sdp);
  text += "a=" + std::string(direction_name(sdp.direction)) + "\r\n";
  if (!line.mid.empty()) text += "a=mid:" + line.mid + "\r\n";
  if (sdp.rtcp_mux) text += "a=rtcp-mux\r\n";
  return text + transport_lines(sdp.transport);
}

}  // namespace

Result<LocalTransport> read_local_transport(const GstSDPMessage* description) {
  if (description == nullptr || gst_sdp_message_medias_len(description) == 0) {
    return Error{Errc::kInternal, "webrtcbin has no local description"};
  }
  const GstSDPMedia* media = gst_sdp_message_get_media(description, 0);
  const auto value = [&](const char* key) {
    const char* text = gst_sdp_media_get_attribute_val(media, key);
    return std::string(text == nullptr ? "" : text);
  };
  LocalTransport out{
      value("ice-ufrag"), value("ice-pwd"), value("fingerprint"), value("setup"), {}};
  for (guint i = 0; gst_sdp_media_get_attribute_val_n(media, "candidate", i) != nullptr; ++i) {
    std::string candidate = gst_sdp_media_get_attribute_val_n(media, "candidate", i);
    if (is_offered(candidate)) out.candidates.push_back(std::move(candidate));
  }
  if (out.ufrag.empty() || out.pwd.empty() || out.fingerprint.empty() || out.setup.empty()) {
    return Error{Errc::kInternal, "webrtcbin's description lacks ICE or DTLS lines"};
  }
  return out;
}

std::string LocalSdp::text() const {
  const Candidate address = default_candidate(transport.candidates);
  std::string out = "v=0\r\no=- " + std::to_string(id) + " " + std::to_string(version) + " ";
  out += connection(address.address) + "\r\ns=-\r\nc=" + connection(address.address);
  out += "\r\nt=0 0\r\n";
  if (bundled && !lines[index].mid.empty()) out += "a=group:BUNDLE " + lines[index].mid + "\r\n";
  for (size_t i = 0; i < lines.size(); ++i) {
    out += i == index ? used(*this, address) : refused(lines[i]);
  }
  return out;
}

Direction answer_direction(Direction offered, bool on_hold) {
  const bool send = receives(offered);
  const bool receive = sends(offered) && !on_hold;
  if (send) return receive ? Direction::kSendRecv : Direction::kSendOnly;
  return receive ? Direction::kRecvOnly : Direction::kInactive;
}

}  // namespace rc::media
