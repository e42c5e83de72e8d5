// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/sender_stamp.h"

#include <gst/rtp/gstrtpbuffer.h>

namespace rc::media {
namespace {

constexpr const char* kClock = "timestamp/x-rtp";

}  // namespace

GstBuffer* SenderStamper::stamp(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return packet;
  const std::uint32_t ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  const std::uint32_t timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  if (ssrc_ != ssrc) begin(ssrc);
  gst_rtp_buffer_ext_timestamp(&extended_, timestamp);
  const GstClockTime time =
      gst_util_uint64_scale(extended_, GST_SECOND, static_cast<guint64>(clock_rate_));
  packet = gst_buffer_make_writable(packet);
  gst_buffer_add_reference_timestamp_meta(packet, clock_.get(), time, GST_CLOCK_TIME_NONE);
  return packet;
}

void SenderStamper::begin(std::uint32_t ssrc) {
  extended_ = G_MAXUINT64;  // none yet
  ssrc_ = ssrc;
  clock_.reset(gst_caps_new_simple(kClock, "ssrc", G_TYPE_UINT, ssrc, nullptr));
}

// By name, not by gst_buffer_get_reference_timestamp_meta(): to find that caps are a subset of
// others costs more than all the rest of this file.
std::optional<SenderStamp> SenderStamper::read(GstBuffer* block) {
  gpointer state = nullptr;
  while (const GstMeta* meta = gst_buffer_iterate_meta_filtered(
             block, &state, GST_REFERENCE_TIMESTAMP_META_API_TYPE)) {
    const auto* stamp = reinterpret_cast<const GstReferenceTimestampMeta*>(meta);
    const GstStructure* clock = gst_caps_get_structure(stamp->reference, 0);
    guint ssrc = 0;
    if (gst_structure_has_name(clock, kClock) == TRUE &&
        gst_structure_get_uint(clock, "ssrc", &ssrc) == TRUE) {
      return SenderStamp{ssrc, std::chrono::nanoseconds(stamp->timestamp)};
    }
  }
  return std::nullopt;
}

}  // namespace rc::media
