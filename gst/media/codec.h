// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace rc::media {

// The codecs that we speak; nothing else ever reaches webrtcbin or a decoder.
enum class Codec { kOpus, kPcmu, kPcma };

struct CodecInfo {
  Codec codec;
  const char* name;    // as in an rtpmap, upper case
  int clock_rate;      // Hz, of the RTP timestamps
  int channels;        // of the rtpmap; what is sent is mono (RFC 7587 wants 2 there)
  int payload_type;    // ours, in an offer
  const char* fmtp;    // ours; empty: none
  size_t max_payload;  // bytes: what fits a network's packet; 120 ms of G.711, Opus' longest
  const char* depayloader;
  const char* payloader;
};

// In our order of preference.
const std::array<CodecInfo, 3>& codecs();
const CodecInfo& info(Codec codec);

// A codec under the payload type that it has in one negotiation.
struct Format {
  Codec codec;
  int payload_type;
  bool operator==(const Format&) const = default;
};

// Which of ours an rtpmap means, letter case ignored: "OPUS/48000/2", "pcmu/8000". RingCentral's
// "OPUS/16000" is not RFC 7587's codec and no match.
std::optional<Codec> codec_of_rtpmap(std::string_view encoding);
// "opus/48000/2".
std::string rtpmap(Codec codec);

// The payload type that RFC 4733 events have in our offers.
constexpr int kTelephoneEventPayloadType = 101;

}  // namespace rc::media
