// SPDX-License-Identifier: LGPL-2.1-or-later
//
// RingCentral's SDP forms, line by line as in the published samples
// (../shared/protocol/samples/sdp).
#include <glib.h>

#include <algorithm>
#include <array>
#include <sstream>

#include "media_sdp.h"

namespace standin::media {
namespace {

struct OfferedFormat {
  int payload;
  std::string_view rtpmap;
  std::string_view fmtp_2019;
  std::string_view fmtp_2024;
  bool in_2019;
};

constexpr OfferedFormat kOffered[] = {
    {63, "red/48000/2", "", "111/111", false},
    {109, "OPUS/16000", "useinbandfec=1", "useinbandfec=1;usedtx=0", true},
    {111, "OPUS/48000/2", "useinbandfec=1", "useinbandfec=1;usedtx=0", true},
    {18, "g729/8000", "annexb=no", "annexb=no", true},
    {0, "pcmu/8000", "", "", true},
    {8, "pcma/8000", "", "", true},
    {9, "g722/8000", "", "", true},
    {96, "ilbc/8000", "mode=20", "mode=20", true},
    {101, "telephone-event/8000", "0-15", "0-15", true},
};

bool offered(const OfferedFormat& format, Era era, const std::vector<Codec>& codecs) {
  auto has = [&codecs](Codec codec) {
    return std::find(codecs.begin(), codecs.end(), codec) != codecs.end();
  };
  if (era == Era::k2019 && !format.in_2019) return false;
  if (format.payload == 63 || format.payload == 109 || format.payload == 111) {
    return has(Codec::kOpus);
  }
  if (format.payload == 0) return has(Codec::kPcmu);
  if (format.payload == 8) return has(Codec::kPcma);
  return true;
}

std::string_view name(Direction direction) {
  static constexpr std::array<std::string_view, 4> kNames = {"sendrecv", "sendonly", "recvonly",
                                                             "inactive"};
  return kNames[static_cast<std::size_t>(direction)];
}

void write_ice(std::ostream& out, const LocalSdp& local) {
  out << "a=ice-ufrag:" << local.ufrag << "\r\na=ice-pwd:" << local.pwd << "\r\n";
}

void write_fingerprint(std::ostream& out, const LocalSdp& local) {
  out << "a=fingerprint:" << local.fingerprint.hash << ' ' << local.fingerprint.value << "\r\n";
}

void write_session(std::ostream& out, const LocalSdp& local) {
  out << "v=0\r\no=- " << local.session_id << ' ' << local.version << " IN IP4 " << local.address
      << "\r\ns=SmcSip\r\nc=IN IP4 " << local.address << "\r\nt=0 0\r\n";
  if (local.ice_lite) out << "a=ice-lite\r\n";
  if (local.era == Era::k2019) return;
  if (!local.ice_lite) out << "a=ice-options:ice2 trickle renomination\r\na=ice-pacing:50\r\n";
  write_ice(out, local);
  write_fingerprint(out, local);
}

// Component 2 is listed though a=rtcp-mux is there, and 2024's priorities need all 32 bits: both as
// in the samples, and both have broken clients before.
void write_candidates(std::ostream& out, const LocalSdp& local) {
  bool old = local.era == Era::k2019;
  const char* foundation = old ? "Mjq5KtrBWhOTFixu" : "371830e3";
  const char* priorities[] = {old ? "2130706431" : "4294902018", old ? "2130706430" : "4294902531"};
  for (int component = 1; component <= 2; ++component) {
    out << "a=candidate:" << foundation << ' ' << component << " UDP " << priorities[component - 1]
        << ' ' << local.address << ' ' << local.port + component - 1 << " typ host\r\n";
  }
}

// The tail of the media section, which differs most between the forms.
void write_transport(std::ostream& out, const LocalSdp& local, std::string_view setup,
                     std::string_view mid) {
  if (local.era == Era::k2019) {
    out << "a=" << name(local.direction) << "\r\na=rtcp:" << local.port + 1
        << "\r\na=rtcp-mux\r\na=setup:" << setup << "\r\n";
    write_fingerprint(out, local);
    write_ice(out, local);
    write_candidates(out, local);
    return;
  }
  if (!mid.empty()) out << "a=mid:" << mid << "\r\n";
  out << "a=setup:" << setup << "\r\n";
  write_candidates(out, local);
  if (setup == "actpass") out << "a=end-of-candidates\r\n";
  out << "a=rtcp-mux\r\n";
  if (setup == "actpass") out << "a=rtcp:" << local.port + 1 << "\r\n";
}

void write_formats_2024(std::ostream& out, const std::vector<const OfferedFormat*>& formats) {
  for (const auto* format : formats) {
    out << "a=rtpmap:" << format->payload << ' ' << format->rtpmap << "\r\n";
    if (format->fmtp_2024.empty()) continue;
    out << "a=fmtp:" << format->payload << ' ' << format->fmtp_2024 << "\r\n";
  }
  for (const auto* format : formats) {
    if (!format->rtpmap.starts_with("OPUS")) continue;
    out << "a=rtcp-fb:" << format->payload << " ccm tmmbr\r\n";
  }
}

void write_formats_2019(std::ostream& out, const std::vector<const OfferedFormat*>& formats) {
  for (const auto* format : formats) {
    out << "a=rtpmap:" << format->payload << ' ' << format->rtpmap << "\r\n";
    if (!format->fmtp_2019.empty()) {
      out << "a=fmtp:" << format->payload << ' ' << format->fmtp_2019 << "\r\n";
    }
    if (format->rtpmap.starts_with("OPUS")) {
      out << "a=rtcp-fb:" << format->payload << " ccm tmmbr\r\n";
    }
  }
}

void write_answered_formats(std::ostream& out, const LocalSdp& local,
                            const AgreedFormats& formats) {
  static constexpr std::string_view kMaps[] = {"OPUS/48000/2", "pcmu/8000", "pcma/8000"};
  out << "a=rtpmap:" << formats.payload << ' ' << kMaps[static_cast<int>(formats.codec)] << "\r\n";
  if (formats.codec == Codec::kOpus) {
    out << "a=fmtp:" << formats.payload << " useinbandfec=1"
        << (local.era == Era::k2024 ? ";usedtx=0" : "") << "\r\n";
  }
  if (formats.telephone_event < 0) return;
  out << "a=rtpmap:" << formats.telephone_event
      << " telephone-event/8000\r\na=fmtp:" << formats.telephone_event << " 0-15\r\n";
}

// "video 9 UDP/TLS/RTP/SAVPF 96" -> "video 0 UDP/TLS/RTP/SAVPF 96" (RFC 3264 section 6).
std::string refused(const std::string& m_line) {
  auto port = m_line.find(' ');
  if (port == std::string::npos) return m_line;
  auto rest = m_line.find(' ', port + 1);
  return m_line.substr(0, port) + " 0" +
         (rest == std::string::npos ? std::string() : m_line.substr(rest));
}

void write_answered_audio(std::ostream& out, const LocalSdp& local, const AgreedFormats& formats,
                          const AudioSdp& offer) {
  out << "m=audio " << local.port << ' ' << offer.profile << ' ' << formats.payload;
  if (formats.telephone_event >= 0) out << ' ' << formats.telephone_event;
  out << "\r\n";
  if (local.era == Era::k2024) out << "a=" << name(local.direction) << "\r\n";
  write_answered_formats(out, local, formats);
  // RingCentral is the DTLS server, unless the offerer insists on being it.
  write_transport(out, local, offer.setup == "passive" ? "active" : "passive", offer.mid);
}

std::optional<GChecksumType> checksum_type(std::string_view hash) {
  if (hash == "sha-1") return G_CHECKSUM_SHA1;
  if (hash == "sha-256") return G_CHECKSUM_SHA256;
  if (hash == "sha-384") return G_CHECKSUM_SHA384;
  if (hash == "sha-512") return G_CHECKSUM_SHA512;
  return std::nullopt;
}

std::string base64_of(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  auto begin = pem.find(kBegin);
  auto end = pem.find("-----END CERTIFICATE-----");
  if (begin == pem.npos || end == pem.npos) return "";
  return std::string(pem.substr(begin + kBegin.size(), end - begin - kBegin.size()));
}

}  // namespace

std::string ringcentral_offer(const LocalSdp& local, const std::vector<Codec>& codecs) {
  std::vector<const OfferedFormat*> formats;
  for (const auto& format : kOffered) {
    if (offered(format, local.era, codecs)) formats.push_back(&format);
  }
  std::ostringstream out;
  write_session(out, local);
  bool old = local.era == Era::k2019;
  out << "m=audio " << local.port << (old ? " RTP/SAVPF" : " UDP/TLS/RTP/SAVPF");
  for (const auto* format : formats) out << ' ' << format->payload;
  out << "\r\n";
  if (old) {
    write_formats_2019(out, formats);
  } else {
    out << "a=" << name(local.direction) << "\r\n";
    write_formats_2024(out, formats);
  }
  write_transport(out, local, "actpass", "0");
  return out.str();
}

std::string ringcentral_answer(const LocalSdp& local, const AgreedFormats& formats,
                               const AudioSdp& offer) {
  std::ostringstream out;
  write_session(out, local);
  for (std::size_t i = 0; i < offer.m_lines.size(); ++i) {
    if (i == offer.audio_index) {
      write_answered_audio(out, local, formats, offer);
    } else {
      out << "m=" << refused(offer.m_lines[i]) << "\r\n";
    }
  }
  return out.str();
}

Fingerprint certificate_fingerprint(std::string_view pem, std::string_view hash) {
  Fingerprint out{std::string(hash), ""};
  auto type = checksum_type(hash);
  auto base64 = base64_of(pem);
  if (!type || base64.empty()) return out;
  gsize length = 0;
  guchar* der = g_base64_decode(base64.c_str(), &length);
  gchar* hex = g_compute_checksum_for_data(*type, der, length);
  for (std::size_t i = 0; hex[i] != '\0'; ++i) {
    if (i != 0 && i % 2 == 0) out.value += ':';
    out.value += g_ascii_toupper(hex[i]);
  }
  g_free(hex);
  g_free(der);
  return out;
}

bool names_certificate(const std::vector<Fingerprint>& fingerprints, std::string_view pem) {
  for (const char* hash : {"sha-512", "sha-384", "sha-256", "sha-1"}) {
    for (const auto& fingerprint : fingerprints) {
      if (fingerprint.hash != hash) continue;
      return certificate_fingerprint(pem, hash).value == fingerprint.value;
    }
  }
  return false;
}

}  // namespace standin::media
