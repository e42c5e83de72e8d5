// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_wire.h"

#include <cinttypes>
#include <string_view>

#include "media_gst.h"

namespace standin::media {
namespace {

constexpr gsize kRtpHeader = 12;

// RFC 7983 and RFC 5761: version 2, and not one of RTCP's packet types.
bool is_rtp(const unsigned char* header) {
  int type = header[1] & 0x7f;
  return (header[0] & 0xc0) == 0x80 && (type < 64 || type > 95);
}

void visit_buffers(GstPadProbeInfo* info, const std::function<void(const GstBuffer*)>& visit) {
  if ((GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    visit(GST_PAD_PROBE_INFO_BUFFER(info));
    return;
  }
  auto* list = GST_PAD_PROBE_INFO_BUFFER_LIST(info);
  for (guint i = 0; i < gst_buffer_list_length(list); ++i) visit(gst_buffer_list_get(list, i));
}

}  // namespace

Wire::Wire(const std::string& log_path)
    : log_(log_path.empty() ? nullptr : std::fopen(log_path.c_str(), "w")) {}

void Wire::watch(GstElement* webrtcbin) {
  using Self = std::weak_ptr<Wire>;
  auto on_added = +[](GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (auto self = static_cast<Self*>(data)->lock()) self->on_element(element);
  };
  g_signal_connect_data(webrtcbin, "deep-element-added", G_CALLBACK(on_added),
                        new Self(weak_from_this()), delete_signal_closure<Self>, GConnectFlags{});
}

void Wire::on_element(GstElement* element) {
  auto* factory = gst_element_get_factory(element);
  if (factory == nullptr) return;
  std::string_view name = GST_OBJECT_NAME(factory);
  if (name != "nicesink" && name != "nicesrc") return;
  bool sent = name == "nicesink";
  GstPtr<GstPad> pad(gst_element_get_static_pad(element, sent ? "sink" : "src"));
  auto type =
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST);
  add_probe(pad.get(), type, [weak = weak_from_this(), sent](GstPadProbeInfo* info) {
    auto self = weak.lock();
    if (!self) return GST_PAD_PROBE_REMOVE;
    visit_buffers(info, [&self, sent](const GstBuffer* b) { self->on_packet(sent, b); });
    return GST_PAD_PROBE_OK;
  });
}

void Wire::on_packet(bool sent, const GstBuffer* buffer) {
  unsigned char header[kRtpHeader];
  auto* readable = const_cast<GstBuffer*>(buffer);
  if (gst_buffer_extract(readable, 0, header, kRtpHeader) != kRtpHeader || !is_rtp(header)) return;
  auto now = g_get_monotonic_time();
  std::lock_guard lock(mutex_);
  if (sent) {
    ++stats_.packets_sent;
    if (stats_.first_rtp_sent_us == 0) stats_.first_rtp_sent_us = now;
    log(now, header, gst_buffer_get_size(readable));
    return;
  }
  ++stats_.packets_received;
  if (stats_.first_rtp_received_us == 0) stats_.first_rtp_received_us = now;
  stats_.last_rtp_received_us = now;
  ssrcs_received_.insert(GST_READ_UINT32_BE(header + 8));
}

void Wire::log(std::int64_t now, const unsigned char* header, gsize size) {
  if (!log_) return;
  std::fprintf(log_.get(), "%" PRId64 " %u %u %u %d %zu\n", now, GST_READ_UINT16_BE(header + 2),
               GST_READ_UINT32_BE(header + 4), GST_READ_UINT32_BE(header + 8), header[1] & 0x7f,
               static_cast<std::size_t>(size));
}

void Wire::fill(MediaLegStats& stats) const {
  std::lock_guard lock(mutex_);
  stats.packets_sent = stats_.packets_sent;
  stats.packets_received = stats_.packets_received;
  stats.first_rtp_sent_us = stats_.first_rtp_sent_us;
  stats.first_rtp_received_us = stats_.first_rtp_received_us;
  stats.last_rtp_received_us = stats_.last_rtp_received_us;
  stats.ssrcs_received = static_cast<std::uint32_t>(ssrcs_received_.size());
}

void Wire::close() {
  std::lock_guard lock(mutex_);
  log_.reset();
}

}  // namespace standin::media
