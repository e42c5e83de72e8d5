// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/key_limit.h"

#include <algorithm>
#include <array>
#include <optional>

#include "media/elements.h"

namespace rc::media {
namespace {

// So many at once, and then one each interval.
constexpr gint64 kAtOnce = 32, kInterval = 100 * G_TIME_SPAN_MILLISECOND;

// Of a packet that nobody has looked at yet: RTP, or RTCP on the same port (RFC 5761 4).
std::optional<uint32_t> ssrc_of(GstBuffer* packet) {
  std::array<guint8, 12> head{};
  if (gst_buffer_extract(packet, 0, head.data(), head.size()) < head.size()) return std::nullopt;
  const int type = head[1] & 0x7f;
  const bool is_rtcp = type >= 64 && type < 96;
  return GST_READ_UINT32_BE(head.data() + (is_rtcp ? 4 : 8));
}

}  // namespace

void KeyLimit::add_decryption(GstElement* srtpdec) {
  for (const char* pad : {"rtp_sink", "rtcp_sink"}) {
    add_probe(srtpdec, pad, GST_PAD_PROBE_TYPE_BUFFER,
              [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
                const auto self = weak.lock();
                const auto ssrc = ssrc_of(GST_PAD_PROBE_INFO_BUFFER(item));
                return self && ssrc && self->admits(*ssrc) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
              });
  }
}

bool KeyLimit::admits(uint32_t ssrc) {
  const std::lock_guard lock(mutex_);
  if (known_.contains(ssrc)) return true;
  const gint64 now = g_get_monotonic_time();
  const gint64 paid = std::max(paid_until_, now) + kInterval;
  if (paid > now + kAtOnce * kInterval) return false;
  paid_until_ = paid;
  known_.insert(ssrc);
  return true;
}

}  // namespace rc::media
