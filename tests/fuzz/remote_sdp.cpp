// SPDX-License-Identifier: LGPL-2.1-or-later
// A peer's SDP of any bytes, and the SDP that webrtcbin would get of it.
#include <gst/sdp/sdp.h>

#include "fuzz.h"
#include "media/remote_sdp.h"

namespace {

// What reaches webrtcbin is GStreamer's to parse: it must be a good SDP with one line.
void require_good(const std::string& text) {
  GstSDPMessage* message = nullptr;
  fuzz::require(gst_sdp_message_new_from_text(text.c_str(), &message) == GST_SDP_OK, "SDP");
  fuzz::require(gst_sdp_message_medias_len(message) == 1, "one m-line");
  gst_sdp_message_free(message);
  fuzz::require(text.find("\na=crypto") == std::string::npos, "no SDES");
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const auto parsed = rc::media::parse_remote_sdp(fuzz::text_of(data, size));
  if (!parsed.ok()) return 0;
  const auto& remote = parsed.value();
  fuzz::require(!remote.formats.empty() && remote.index < remote.lines.size(), "a usable line");
  fuzz::require(remote.lines.size() <= 8 && remote.candidates.size() <= 32, "the caps hold");
  fuzz::require(rc::media::same_transport(remote, remote), "a transport is itself");
  using rc::media::SdpKind;
  for (const auto kind : {SdpKind::kOffer, SdpKind::kAnswer})
    require_good(rc::media::webrtc_sdp(remote, remote.formats.front(), kind));
  return 0;
}
