// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/stream_merge.h"

#include <gst/rtp/gstrtpbuffer.h>

#include <optional>

#include "media/elements.h"

namespace rc::media {
namespace {

std::optional<RtpPlace> place_of(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return std::nullopt;
  const RtpPlace place{gst_rtp_buffer_get_ssrc(&rtp), gst_rtp_buffer_get_seq(&rtp),
                       gst_rtp_buffer_get_timestamp(&rtp)};
  gst_rtp_buffer_unmap(&rtp);
  return place;
}

GstBuffer* moved_to(const RtpPlace& place, GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  packet = gst_buffer_make_writable(packet);
  if (gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp) == FALSE) return packet;
  gst_rtp_buffer_set_ssrc(&rtp, place.ssrc);
  gst_rtp_buffer_set_seq(&rtp, place.sequence);
  gst_rtp_buffer_set_timestamp(&rtp, place.timestamp);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

}  // namespace

void StreamMerge::begin(int clock_rate) {
  const std::lock_guard lock(mutex_);
  splice_.emplace(clock_rate);
}

void StreamMerge::add_demux(GstElement* demux) {
  add_probe(demux, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              const auto from = place_of(GST_PAD_PROBE_INFO_BUFFER(item));
              const auto to = self && from ? self->place(*from) : std::nullopt;
              if (!to) return GST_PAD_PROBE_DROP;
              if (*to != *from) item->data = moved_to(*to, GST_PAD_PROBE_INFO_BUFFER(item));
              return GST_PAD_PROBE_OK;
            });
  // Reports tell the timestamps of one SSRC, which may be another's by now; and each that is not
  // known would make a stream, too.
  add_probe(demux, "rtcp_sink", GST_PAD_PROBE_TYPE_BUFFER,
            [](GstPad*, GstPadProbeInfo*) { return GST_PAD_PROBE_DROP; });
}

std::optional<RtpPlace> StreamMerge::place(const RtpPlace& packet) {
  const std::lock_guard lock(mutex_);
  if (!splice_) return std::nullopt;
  return splice_->place(packet, std::chrono::microseconds(g_get_monotonic_time()));
}

}  // namespace rc::media
