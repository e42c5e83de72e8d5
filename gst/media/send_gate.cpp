// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/send_gate.h"

#include <gst/rtp/gstrtpbuffer.h>

#include <cstring>

#include "media/elements.h"
#include "media/rtp_caps.h"

namespace rc::media {
namespace {

constexpr guint kPacket = 20;  // ms; rtppcmupay would put into one what it gets, 128 ms at times
constexpr int kFarthest = 8;   // elements between webrtcbin and the payloader

constexpr auto kPackets = GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST;

bool is_payloader(GstElement* element) {
  const char* klass = gst_element_get_metadata(element, GST_ELEMENT_METADATA_KLASS);
  return klass != nullptr && std::strstr(klass, "Payloader") != nullptr;
}

Ref<GstPad> only_sink_pad(GstElement* element) {
  GST_OBJECT_LOCK(element);
  Ref<GstPad> pad;
  if (element->numsinkpads == 1) pad = Ref<GstPad>::share(GST_PAD(element->sinkpads->data));
  GST_OBJECT_UNLOCK(element);
  return pad;
}

// Of what feeds this src pad; null: there is none in a chain without branches.
Ref<GstPad> payloader_sink(GstPad* feeder) {
  auto source = Ref<GstPad>::share(feeder);
  for (int i = 0; source && i < kFarthest; ++i) {
    const auto element = Ref<GstElement>::adopt(gst_pad_get_parent_element(source.get()));
    const auto sink = element ? only_sink_pad(element.get()) : Ref<GstPad>();
    if (!sink || is_payloader(element.get())) return sink;
    source = Ref<GstPad>::adopt(gst_pad_get_peer(sink.get()));
  }
  return {};
}

GstBuffer* with_payload_type(GstBuffer* packet, int payload_type) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  packet = gst_buffer_make_writable(packet);
  if (gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp) == FALSE) return packet;
  gst_rtp_buffer_set_payload_type(&rtp, static_cast<guint8>(payload_type));
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

gboolean set_payload_type(GstBuffer** packet, guint, gpointer payload_type) {
  *packet = with_payload_type(*packet, GPOINTER_TO_INT(payload_type));
  return TRUE;
}

Owned<GstCaps> with_payload_type(const GstCaps* caps, int payload_type) {
  Owned<GstCaps> changed(gst_caps_copy(caps));
  gst_caps_set_simple(changed.get(), "payload", G_TYPE_INT, payload_type, nullptr);
  return changed;
}

// What an application may send: our codecs, under any payload type.
Owned<GstCaps> welcome() {
  Owned<GstCaps> all(gst_caps_new_empty());
  for (const CodecInfo& it : media::codecs())
    gst_caps_append(all.get(), rtp_caps(it.codec).release());
  gst_caps_set_simple(all.get(), "maxptime", G_TYPE_UINT, kPacket, nullptr);
  return all;
}

}  // namespace

std::shared_ptr<SendGate> SendGate::create(GstPad* sink) {
  auto gate = std::make_shared<SendGate>(sink);
  add_probe(sink, GST_PAD_PROBE_TYPE_QUERY_DOWNSTREAM,
            [](GstPad*, GstPadProbeInfo* item) { return answer_query(item); });
  connect_signal(sink, "linked", G_CALLBACK(on_linked), std::weak_ptr(gate));
  if (const auto feeder = Ref<GstPad>::adopt(gst_pad_get_peer(sink))) gate->watch(feeder.get());
  return gate;
}

void SendGate::on_linked(GstPad*, GstPad* feeder, gpointer gate) {
  if (const auto self = static_cast<std::weak_ptr<SendGate>*>(gate)->lock()) self->watch(feeder);
}

// webrtcbin blocks its own pad until it is connected: what shall be dropped must not get there.
void SendGate::watch(GstPad* feeder) {
  add_probe(feeder, kPackets, [weak = weak_from_this()](GstPad* pad, GstPadProbeInfo* item) {
    const auto self = weak.lock();
    if (!self) return GST_PAD_PROBE_OK;
    if (!self->has_payloader_) self->watch_payloader(pad);
    return self->filter_packet(item);
  });
  add_probe(feeder, GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              return self ? self->filter_event(item) : GST_PAD_PROBE_OK;
            });
  watch_payloader(feeder);
}

void SendGate::watch_payloader(GstPad* feeder) {
  const auto sink = payloader_sink(feeder);
  if (!sink || has_payloader_.exchange(true)) return;
  add_probe(sink.get(), kPackets, [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
    const auto self = weak.lock();
    return self ? self->filter(item) : GST_PAD_PROBE_OK;
  });
}

GstPadProbeReturn SendGate::filter(GstPadProbeInfo* item) const {
  if (state_ == State::kPass) return GST_PAD_PROBE_OK;
  if (state_ == State::kDrop) return GST_PAD_PROBE_DROP;
  gst_mini_object_unref(GST_MINI_OBJECT_CAST(item->data));
  item->data = nullptr;
  GST_PAD_PROBE_INFO_FLOW_RETURN(item) = GST_FLOW_EOS;
  return GST_PAD_PROBE_HANDLED;
}

GstPadProbeReturn SendGate::filter_packet(GstPadProbeInfo* item) {
  const GstPadProbeReturn verdict = filter(item);
  const int type = payload_type_;
  if (verdict != GST_PAD_PROBE_OK || type < 0) return verdict;
  if ((GST_PAD_PROBE_INFO_TYPE(item) & GST_PAD_PROBE_TYPE_BUFFER) != 0) {
    item->data = with_payload_type(GST_PAD_PROBE_INFO_BUFFER(item), type);
    ++packets_;
  } else {
    GstBufferList* list = gst_buffer_list_make_writable(GST_PAD_PROBE_INFO_BUFFER_LIST(item));
    gst_buffer_list_foreach(list, set_payload_type, GINT_TO_POINTER(type));
    packets_ += gst_buffer_list_length(list);
    item->data = list;
  }
  return verdict;
}

// The end of what the application says (of a file) is not that of the call, and to webrtcbin it
// would be: its rtpsession says BYE.
GstPadProbeReturn SendGate::filter_event(GstPadProbeInfo* item) const {
  GstEvent* event = GST_PAD_PROBE_INFO_EVENT(item);
  if (GST_EVENT_TYPE(event) == GST_EVENT_EOS) return GST_PAD_PROBE_DROP;
  const int type = payload_type_;
  if (GST_EVENT_TYPE(event) != GST_EVENT_CAPS || type < 0) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  gst_event_parse_caps(event, &caps);
  item->data = gst_event_new_caps(with_payload_type(caps, type).get());
  gst_event_unref(event);
  return GST_PAD_PROBE_OK;
}

// webrtcbin would insist on the payload type of the call, which a payloader may not have.
GstPadProbeReturn SendGate::answer_query(GstPadProbeInfo* item) {
  GstQuery* query = GST_PAD_PROBE_INFO_QUERY(item);
  if ((GST_PAD_PROBE_INFO_TYPE(item) & GST_PAD_PROBE_TYPE_PULL) != 0) return GST_PAD_PROBE_OK;
  GstCaps* caps = nullptr;
  if (GST_QUERY_TYPE(query) == GST_QUERY_CAPS) {
    gst_query_parse_caps(query, &caps);
    const auto ours = welcome();
    const Owned<GstCaps> both(caps == nullptr ? gst_caps_ref(ours.get())
                                              : gst_caps_intersect(caps, ours.get()));
    gst_query_set_caps_result(query, both.get());
    return GST_PAD_PROBE_HANDLED;
  }
  if (GST_QUERY_TYPE(query) != GST_QUERY_ACCEPT_CAPS) return GST_PAD_PROBE_OK;
  gst_query_parse_accept_caps(query, &caps);
  gst_query_set_accept_caps_result(query, gst_caps_can_intersect(caps, welcome().get()));
  return GST_PAD_PROBE_HANDLED;
}

std::vector<Codec> SendGate::codecs() const {
  std::vector<Codec> found;
  const Owned<GstCaps> caps(gst_pad_peer_query_caps(sink_.get(), nullptr));
  for (const CodecInfo& it : media::codecs()) {
    if (gst_caps_can_intersect(caps.get(), rtp_caps(it.codec).get()) == TRUE)
      found.push_back(it.codec);
  }
  return found;
}

void SendGate::set_format(const Format& format) {
  payload_type_ = format.payload_type;
  const auto feeder = Ref<GstPad>::adopt(gst_pad_get_peer(sink_.get()));
  const Owned<GstCaps> current(feeder ? gst_pad_get_current_caps(feeder.get()) : nullptr);
  const auto wanted = with_payload_type(current ? current.get() : rtp_caps(format.codec).get(),
                                        format.payload_type);
  const Owned<GstEvent> started(gst_pad_get_sticky_event(sink_.get(), GST_EVENT_STREAM_START, 0));
  if (!started) gst_pad_send_event(sink_.get(), gst_event_new_stream_start("ringcentral"));
  gst_pad_send_event(sink_.get(), gst_event_new_caps(wanted.get()));
}

}  // namespace rc::media
