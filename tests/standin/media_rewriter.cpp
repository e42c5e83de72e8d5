// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_rewriter.h"

#include <gst/rtp/rtp.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace standin::media {
namespace {

// At 20 ms a packet: 100 ms of event as RingCentral's clients send it (duration 800 at 8 kHz), its
// end three times (RFC 4733 section 2.5.1.4), then 100 ms of audio.
constexpr int kEventPackets = 7;
constexpr int kPausePackets = 5;
constexpr int kEventDuration = 800;
constexpr int kPacketDuration = 160;
constexpr int kVolume = 10;  // -10 dBm0
constexpr gsize kHeader = 12;

void set_payload(GstBuffer* packet, std::array<guint8, 4> payload) {
  gpointer bytes = g_memdup2(payload.data(), payload.size());
  gst_buffer_set_size(packet, static_cast<gssize>(kHeader));
  gst_buffer_append_memory(packet, gst_memory_new_wrapped(GstMemoryFlags{}, bytes, payload.size(),
                                                          0, payload.size(), bytes, g_free));
}

std::uint32_t random_ssrc() { return g_random_int() | 1U; }

}  // namespace

void PacketRewriter::change_ssrc() {
  std::lock_guard lock(mutex_);
  ssrc_ = random_ssrc();
  sequence_offset_ = static_cast<std::uint16_t>(g_random_int());
  timestamp_offset_ = g_random_int();
}

void PacketRewriter::flood_ssrcs(int n) {
  std::lock_guard lock(mutex_);
  strangers_ += n;
}

void PacketRewriter::send_dtmf(const std::string& digits) {
  constexpr std::string_view kEvents = "0123456789*#ABCD";
  std::lock_guard lock(mutex_);
  if (telephone_event_ < 0) return;
  for (char digit : digits) {
    auto code = kEvents.find(g_ascii_toupper(digit));
    if (code != kEvents.npos) events_.push_back({static_cast<int>(code), 0, 0});
  }
}

void PacketRewriter::rewrite(GstPad* pad, GstBuffer* packet) {
  if (pushing_) return;
  GstBuffer* extra = nullptr;
  {
    std::lock_guard lock(mutex_);
    rebase(packet);
    if (!events_.empty()) replace(packet);
    if (strangers_ > 0 && ++countdown_ % 2 == 0) extra = stranger(packet);
  }
  if (extra == nullptr) return;
  pushing_ = true;
  gst_pad_push(pad, extra);
  pushing_ = false;
}

void PacketRewriter::rebase(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp)) return;
  if (ssrc_ != 0) gst_rtp_buffer_set_ssrc(&rtp, ssrc_);
  gst_rtp_buffer_set_seq(&rtp,
                         static_cast<guint16>(gst_rtp_buffer_get_seq(&rtp) + sequence_offset_));
  gst_rtp_buffer_set_timestamp(&rtp, gst_rtp_buffer_get_timestamp(&rtp) + timestamp_offset_);
  gst_rtp_buffer_unmap(&rtp);
}

void PacketRewriter::replace(GstBuffer* packet) {
  auto& event = events_.front();
  int index = event.sent++;
  if (index >= kEventPackets) {
    if (event.sent == kEventPackets + kPausePackets) events_.pop_front();
    return;
  }
  int duration = std::min((index + 1) * kPacketDuration, kEventDuration);
  bool end = index >= kEventPackets - 3;
  set_payload(packet,
              {static_cast<guint8>(event.code), static_cast<guint8>((end ? 0x80 : 0) | kVolume),
               static_cast<guint8>(duration >> 8), static_cast<guint8>(duration & 0xff)});
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp)) return;
  if (index == 0) event.timestamp = gst_rtp_buffer_get_timestamp(&rtp);
  gst_rtp_buffer_set_payload_type(&rtp, static_cast<guint8>(telephone_event_));
  gst_rtp_buffer_set_timestamp(&rtp, event.timestamp);
  gst_rtp_buffer_set_marker(&rtp, index == 0);
  gst_rtp_buffer_unmap(&rtp);
}

GstBuffer* PacketRewriter::stranger(GstBuffer* packet) {
  --strangers_;
  GstBuffer* copy = gst_buffer_copy_deep(packet);
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (gst_rtp_buffer_map(copy, GST_MAP_READWRITE, &rtp)) {
    gst_rtp_buffer_set_ssrc(&rtp, random_ssrc());
    gst_rtp_buffer_unmap(&rtp);
  }
  return copy;
}

}  // namespace standin::media
