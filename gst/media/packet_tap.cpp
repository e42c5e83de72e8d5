// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/packet_tap.h"

#include "media/elements.h"
#include "media/opus_packet.h"

namespace rc::media {
namespace {

// RFC 4733 2.3: event, E R volume, duration; E = the event has ended.
std::optional<bool> event_end(GstRTPBuffer* packet) {
  if (gst_rtp_buffer_get_payload_len(packet) < 4) return std::nullopt;
  const auto* payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(packet));
  return (payload[1] & 0x80) != 0;
}

bool is_audio(GstRTPBuffer* packet, const Format& format) {
  const size_t size = gst_rtp_buffer_get_payload_len(packet);
  if (gst_rtp_buffer_get_payload_type(packet) != format.payload_type) return false;
  if (size == 0 || size > info(format.codec).max_payload) return false;
  const auto* payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(packet));
  return format.codec != Codec::kOpus || is_opus_packet({payload, size});
}

}  // namespace

bool is_audio_packet(GstBuffer* packet, const Format& format) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return false;
  const bool is_ours = is_audio(&rtp, format);
  gst_rtp_buffer_unmap(&rtp);
  return is_ours;
}

void PacketTap::set_formats(const Format& format, std::optional<int> telephone_event) {
  format_ = format;
  event_type_ = telephone_event.value_or(-1);
  const std::lock_guard lock(mutex_);
  counter_.set_clock_rate(info(format.codec).clock_rate);
}

void PacketTap::watch(GstElement* element) {
  add_probe(element, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              const bool pass = self && self->passes(GST_PAD_PROBE_INFO_BUFFER(item));
              return pass ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
            });
}

bool PacketTap::passes(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!open_ || gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp) == FALSE) return false;
  const int type = gst_rtp_buffer_get_payload_type(&rtp);
  const bool audio = is_audio(&rtp, format_);
  const auto end = type == event_type_ ? event_end(&rtp) : std::nullopt;
  count(&rtp, audio);
  gst_rtp_buffer_unmap(&rtp);
  if (audio || end) ++packets_;
  if (end) handle_event(*end);
  if (!audio) return false;
  if (in_event_) handle_event(true);  // its last packets were lost
  return true;
}

void PacketTap::handle_event(bool end) {
  if (in_event_.exchange(!end) == !end) return;
  if (const auto receiver = ports_->receiver()) receiver->on_telephone_event(!end);
}

// Whatever it is, it had a sequence number.
void PacketTap::count(GstRTPBuffer* packet, bool audio) {
  const std::lock_guard lock(mutex_);
  counter_.count({gst_rtp_buffer_get_ssrc(packet), gst_rtp_buffer_get_timestamp(packet),
                  gst_rtp_buffer_get_seq(packet), audio,
                  std::chrono::microseconds(g_get_monotonic_time())});
}

void PacketTap::add_stats(call::MediaStats& stats) const {
  stats.packets_received += packets_;
  const std::lock_guard lock(mutex_);
  stats.packets_lost += counter_.lost();
  stats.jitter_ms = counter_.jitter_ms();
}

}  // namespace rc::media
