// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/sender_stamp.h"

#include <gst/rtp/gstrtpbuffer.h>

#include "core/ref.h"

namespace rc::media {

GstBuffer* SenderStamper::stamp(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return packet;
  const std::uint32_t ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  const std::uint32_t timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  if (ssrc_ != ssrc) extended_ = G_MAXUINT64;  // the first one
  ssrc_ = ssrc;
  gst_rtp_buffer_ext_timestamp(&extended_, timestamp);
  const GstClockTime time =
      gst_util_uint64_scale(extended_, GST_SECOND, static_cast<guint64>(clock_rate_));
  const Owned<GstCaps> clock(
      gst_caps_new_simple("timestamp/x-rtp", "ssrc", G_TYPE_UINT, ssrc, nullptr));
  packet = gst_buffer_make_writable(packet);
  gst_buffer_add_reference_timestamp_meta(packet, clock.get(), time, GST_CLOCK_TIME_NONE);
  return packet;
}

std::optional<SenderStamp> SenderStamper::read(GstBuffer* block) {
  static GstStaticCaps clocks = GST_STATIC_CAPS("timestamp/x-rtp");
  const Owned<GstCaps> any(gst_static_caps_get(&clocks));
  const auto* meta = gst_buffer_get_reference_timestamp_meta(block, any.get());
  guint ssrc = 0;
  if (meta == nullptr ||
      gst_structure_get_uint(gst_caps_get_structure(meta->reference, 0), "ssrc", &ssrc) == FALSE) {
    return std::nullopt;
  }
  return SenderStamp{ssrc, std::chrono::nanoseconds(meta->timestamp)};
}

}  // namespace rc::media
