// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_attacker.h"

namespace rc::media::test {
namespace {

constexpr size_t kHeader = 12;

thread_local bool sending = false;  // ours pass the probe as they are

uint32_t number(const Bytes& from, size_t at, size_t bytes) {
  uint32_t value = 0;
  for (size_t i = 0; i < bytes; ++i) value = value << 8 | from[at + i];
  return value;
}

void append(Bytes& to, uint32_t value, size_t bytes) {
  while (bytes-- > 0) to.push_back(static_cast<uint8_t>(value >> (8 * bytes)));
}

Bytes bytes_of(GstBuffer* buffer) {
  Bytes bytes(gst_buffer_get_size(buffer));
  gst_buffer_extract(buffer, 0, bytes.data(), bytes.size());
  return bytes;
}

Ref<GstPad> pad_of_encryption(GstElement* pipeline, const char* name) {
  GstIterator* all = gst_bin_iterate_all_by_element_factory_name(GST_BIN(pipeline), "srtpenc");
  GValue item = G_VALUE_INIT;
  Ref<GstPad> pad;
  while (!pad && gst_iterator_next(all, &item) == GST_ITERATOR_OK) {
    pad = Ref<GstPad>::adopt(
        gst_element_get_static_pad(GST_ELEMENT(g_value_get_object(&item)), name));
    g_value_reset(&item);
  }
  g_value_unset(&item);
  gst_iterator_free(all);
  return pad;
}

}  // namespace

RtpPacket RtpPacket::read(const Bytes& packet) {
  const size_t extension = (packet[0] & 0x10) != 0 ? 4 + 4 * number(packet, kHeader + 2, 2) : 0;
  return {packet[1] & 0x7f, static_cast<uint16_t>(number(packet, 2, 2)), number(packet, 4, 4),
          number(packet, 8, 4),
          Bytes(packet.begin() + static_cast<ptrdiff_t>(kHeader + extension), packet.end())};
}

Bytes RtpPacket::bytes() const {
  Bytes out{0x80, static_cast<uint8_t>(payload_type)};
  append(out, sequence, 2);
  append(out, timestamp, 4);
  append(out, ssrc, 4);
  out.insert(out.end(), payload.begin(), payload.end());
  return out;
}

Attacker::Attacker(GstElement* pipeline)
    : rtp_(pad_of_encryption(pipeline, "rtp_sink_0")),
      rtcp_(pad_of_encryption(pipeline, "rtcp_sink_0")) {
  probe_ = gst_pad_add_probe(
      rtp_.get(),
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST),
      on_packet, this, nullptr);
}

Attacker::~Attacker() { gst_pad_remove_probe(rtp_.get(), probe_); }

void Attacker::change_rtp(Change change) {
  const std::lock_guard lock(mutex_);
  change_ = std::move(change);
}

RtpPacket Attacker::last() const {
  const std::lock_guard lock(mutex_);
  return last_;
}

void Attacker::send(GstPad* pad, const Bytes& packet) {
  sending = true;
  gst_pad_chain(pad, gst_buffer_new_memdup(packet.data(), packet.size()));
  sending = false;
}

void Attacker::pass(const Bytes& packet) {
  std::vector<Bytes> out{packet};
  {
    const std::lock_guard lock(mutex_);
    last_ = RtpPacket::read(packet);
    if (change_) out = change_(packet);
  }
  for (const Bytes& it : out) send_rtp(it);
}

GstPadProbeReturn Attacker::on_packet(GstPad*, GstPadProbeInfo* item, gpointer self) {
  if (sending) return GST_PAD_PROBE_OK;
  auto* attacker = static_cast<Attacker*>(self);
  if ((item->type & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    attacker->pass(bytes_of(GST_PAD_PROBE_INFO_BUFFER(item)));
    return GST_PAD_PROBE_DROP;
  }
  GstBufferList* list = GST_PAD_PROBE_INFO_BUFFER_LIST(item);
  for (guint i = 0; i < gst_buffer_list_length(list); ++i)
    attacker->pass(bytes_of(gst_buffer_list_get(list, i)));
  return GST_PAD_PROBE_DROP;
}

}  // namespace rc::media::test
