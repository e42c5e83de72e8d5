// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/stream_limit.h"

#include <gst/rtp/gstrtcpbuffer.h>
#include <gst/rtp/gstrtpbuffer.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/ref.h"
#include "media/elements.h"

namespace rc::media {
namespace {

// Who was silent for so long is not talking.
constexpr gint64 kSilence = 200 * G_TIME_SPAN_MILLISECOND;
// Who said so much is more than one of a flood.
constexpr uint64_t kTalker = 5;  // packets

std::optional<uint32_t> ssrc_of_rtp(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return std::nullopt;
  const uint32_t ssrc = gst_rtp_buffer_get_ssrc(&rtp);
  gst_rtp_buffer_unmap(&rtp);
  return ssrc;
}

// Of the sender report at the front; the demuxer passes nothing else on.
std::optional<uint32_t> ssrc_of_rtcp(GstBuffer* buffer) {
  GstRTCPBuffer rtcp = GST_RTCP_BUFFER_INIT;
  GstRTCPPacket packet;
  std::optional<uint32_t> result;
  if (gst_rtcp_buffer_map(buffer, GST_MAP_READ, &rtcp) == FALSE) return result;
  if (gst_rtcp_buffer_get_first_packet(&rtcp, &packet) == TRUE &&
      gst_rtcp_packet_get_type(&packet) == GST_RTCP_TYPE_SR) {
    guint32 ssrc = 0;
    gst_rtcp_packet_sr_get_sender_info(&packet, &ssrc, nullptr, nullptr, nullptr, nullptr);
    result = ssrc;
  }
  gst_rtcp_buffer_unmap(&rtcp);
  return result;
}

// rtpbin 1.22 keeps its own pad of a stream that went through an rtpulpfecdec, which webrtcbin's
// all do. When the SSRC comes back its new pad has the same name, stays unlinked, and so ends the
// call.
void remove_pads(GstElement* demux, uint32_t ssrc) {
  const auto bin = Ref<GstElement>::adopt(GST_ELEMENT(gst_object_get_parent(GST_OBJECT(demux))));
  const std::string part = "_" + std::to_string(ssrc) + "_";
  std::vector<Ref<GstPad>> dead;
  GST_OBJECT_LOCK(bin.get());
  for (const GList* it = bin.get()->srcpads; it != nullptr; it = it->next) {
    const std::string_view name = GST_OBJECT_NAME(it->data);
    if (name.starts_with("recv_rtp_src_") && name.find(part) != std::string_view::npos)
      dead.push_back(Ref<GstPad>::share(GST_PAD(it->data)));
  }
  GST_OBJECT_UNLOCK(bin.get());
  for (const auto& pad : dead) {
    gst_pad_set_active(pad.get(), FALSE);
    gst_element_remove_pad(bin.get(), pad.get());
  }
}

}  // namespace

void StreamLimit::add_demux(GstElement* demux) {
  // The probe lives inside the demuxer: it borrows it.
  add_probe(demux, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this(), demux](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              const auto ssrc = ssrc_of_rtp(GST_PAD_PROBE_INFO_BUFFER(item));
              return self && ssrc && self->admits(demux, *ssrc) ? GST_PAD_PROBE_OK
                                                                : GST_PAD_PROBE_DROP;
            });
  // A report alone would make a stream, too.
  add_probe(demux, "rtcp_sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              const auto ssrc = ssrc_of_rtcp(GST_PAD_PROBE_INFO_BUFFER(item));
              return self && ssrc && self->knows(*ssrc) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
            });
}

bool StreamLimit::knows(uint32_t ssrc) {
  const std::lock_guard lock(mutex_);
  return std::any_of(streams_.begin(), streams_.end(),
                     [ssrc](const Stream& it) { return it.last_packet != 0 && it.ssrc == ssrc; });
}

bool StreamLimit::admits(GstElement* demux, uint32_t ssrc) {
  std::optional<uint32_t> leaving;
  {
    const std::lock_guard lock(mutex_);
    const gint64 now = g_get_monotonic_time();
    Stream& place = place_for(ssrc);
    const bool known = place.last_packet != 0 && place.ssrc == ssrc;
    if (!known && now - place.last_packet < kSilence) return false;
    if (!known && place.last_packet != 0) leaving = place.ssrc;
    place = {ssrc, now, known ? place.packets + 1 : 1};
  }
  if (leaving) {
    RC_LOG(kMedia, DEBUG, "a silent stream of the peer makes room for a new one");
    g_signal_emit_by_name(demux, "clear-ssrc", *leaving);
    remove_pads(demux, *leaving);
  }
  return true;
}

// Its own, or that of the longest silence: of a flood's first, so that a talker whose packets are
// late keeps its place.
StreamLimit::Stream& StreamLimit::place_for(uint32_t ssrc) {
  const auto rank = [](const Stream& it) {
    return std::pair(it.packets >= kTalker, it.last_packet);
  };
  Stream* place = &streams_.front();
  for (Stream& it : streams_) {
    if (it.last_packet != 0 && it.ssrc == ssrc) return it;
    if (rank(it) < rank(*place)) place = &it;
  }
  return *place;
}

}  // namespace rc::media
