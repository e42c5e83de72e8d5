// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a leg needs to know of an SDP with one audio stream, the text webrtcbin 1.22 accepts, and
// the texts RingCentral's media servers write (../shared/protocol section 6).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "media_leg.h"

namespace standin::media {

struct PayloadFormat {
  int payload = -1;
  std::string name;  // lower case
  int clock_rate = 0;
  int channels = 1;
  std::string parameters;  // of a=fmtp
};

struct Fingerprint {
  std::string hash;   // lower case: "sha-256"
  std::string value;  // upper case hex with colons
};

// The first audio stream of an SDP with a port other than 0.
struct AudioSdp {
  std::string profile;
  std::string mid;  // empty = none
  std::string ufrag;
  std::string pwd;
  std::vector<Fingerprint> fingerprints;
  std::string setup;  // empty = none
  Direction direction = Direction::kSendRecv;
  std::vector<PayloadFormat> formats;   // in the order of the m-line
  std::vector<std::string> candidates;  // "candidate:..." of component 1 over UDP
  std::vector<std::string> m_lines;     // values of all m-lines
  std::size_t audio_index = 0;          // which of them is ours
};

// error: set when there is no audio stream with ICE and DTLS.
std::optional<AudioSdp> parse_sdp(std::string_view text, std::string& error);

struct AgreedFormats {
  Codec codec = Codec::kOpus;
  int payload = -1;
  int telephone_event = -1;  // payload number of the 8 kHz format; -1 = none
};

// The first format of the peer that is one of ours, and the peer's telephone-event.
std::optional<AgreedFormats> agree(const AudioSdp& peer, const std::vector<Codec>& ours);

// What webrtcbin gets as remote description: one audio stream, exactly one codec, mid and BUNDLE
// present, ICE, fingerprint and the given setup at media level, always sendrecv.
std::string webrtcbin_sdp(const AudioSdp& peer, const AgreedFormats& formats,
                          const std::string& mid, const std::string& setup);

// What leaves the leg.
struct LocalSdp {
  Era era = Era::k2024;
  std::uint64_t session_id = 0;
  std::uint64_t version = 0;
  std::string address;
  int port = 0;
  std::string ufrag;
  std::string pwd;
  Fingerprint fingerprint;
  bool ice_lite = false;
  Direction direction = Direction::kSendRecv;
};

std::string ringcentral_offer(const LocalSdp& local, const std::vector<Codec>& codecs);
std::string ringcentral_answer(const LocalSdp& local, const AgreedFormats& formats,
                               const AudioSdp& offer);

// Port of a "candidate:..." line; 0 = not a UDP host candidate of component 1 at this address.
int host_candidate_port(std::string_view candidate, std::string_view address);

// Digest of a PEM certificate in the form of a=fingerprint; empty value = hash unknown.
Fingerprint certificate_fingerprint(std::string_view pem, std::string_view hash);

// True if the certificate is the one the strongest known fingerprint names.
bool names_certificate(const std::vector<Fingerprint>& fingerprints, std::string_view pem);

// Direction of the answer to an offer.
Direction answer_to(Direction offered);
bool sends(Direction direction);

}  // namespace standin::media
