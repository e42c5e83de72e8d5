// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_receiver.h"

#include <gst/rtp/rtp.h>

#include <string>
#include <string_view>
#include <utility>

#include "media_gst.h"
#include "media_tap.h"

namespace standin::media {
namespace {

// Each stream has a chain of its own: an unlinked pad would stop the whole webrtcbin.
std::string decoder(std::string_view encoding) {
  std::string_view chain = "fakesink sync=false async=false";
  if (encoding == "OPUS") chain = "rtpopusdepay ! opusdec plc=true use-inband-fec=true";
  if (encoding == "PCMU") chain = "rtppcmudepay ! mulawdec ! spanplc";
  if (encoding == "PCMA") chain = "rtppcmadepay ! alawdec ! spanplc";
  std::string out(chain);
  if (chain.starts_with("fakesink")) return out;
  return out + " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate=" +
         std::to_string(kAudioRate) + " ! appsink name=out sync=false async=false";
}

std::string encoding_of(GstPad* pad) {
  CapsPtr caps(gst_pad_get_current_caps(pad));
  if (!caps) return "";
  const gchar* name =
      gst_structure_get_string(gst_caps_get_structure(caps.get(), 0), "encoding-name");
  return name != nullptr ? name : "";
}

}  // namespace

void Receiver::watch(GstBin* pipeline, GstElement* webrtcbin) {
  struct Watch {
    std::weak_ptr<Receiver> receiver;
    GstBin* pipeline;  // outlives webrtcbin, its child
  };
  auto on_pad_added = +[](GstElement*, GstPad* pad, gpointer data) {
    auto* watch = static_cast<Watch*>(data);
    auto self = watch->receiver.lock();
    if (self && GST_PAD_IS_SRC(pad)) self->on_pad(watch->pipeline, pad);
  };
  auto on_added = +[](GstBin*, GstBin*, GstElement* element, gpointer data) {
    if (auto self = static_cast<Watch*>(data)->receiver.lock()) self->on_element(element);
  };
  g_signal_connect_data(webrtcbin, "pad-added", G_CALLBACK(on_pad_added),
                        new Watch{weak_from_this(), pipeline}, delete_signal_closure<Watch>,
                        GConnectFlags{});
  g_signal_connect_data(webrtcbin, "deep-element-added", G_CALLBACK(on_added),
                        new Watch{weak_from_this(), pipeline}, delete_signal_closure<Watch>,
                        GConnectFlags{});
}

void Receiver::on_pad(GstBin* pipeline, GstPad* pad) {
  GstElement* chain =
      gst_parse_bin_from_description(decoder(encoding_of(pad)).c_str(), TRUE, nullptr);
  if (chain == nullptr) return;
  GstPtr<GstElement> sink(gst_bin_get_by_name(GST_BIN(chain), "out"));
  if (sink) take_samples(GST_APP_SINK(sink.get()));
  gst_bin_add(pipeline, chain);
  gst_element_sync_state_with_parent(chain);
  GstPtr<GstPad> in(gst_element_get_static_pad(chain, "sink"));
  gst_pad_link(pad, in.get());
}

void Receiver::take_samples(GstAppSink* sink) {
  using Self = std::weak_ptr<Receiver>;
  GstAppSinkCallbacks callbacks{};
  callbacks.new_sample = [](GstAppSink* appsink, gpointer data) {
    GstSample* sample = gst_app_sink_pull_sample(appsink);
    if (sample == nullptr) return GST_FLOW_EOS;
    auto base_time = gst_element_get_base_time(GST_ELEMENT(appsink));
    if (auto self = static_cast<Self*>(data)->lock()) self->on_sample(sample, base_time);
    gst_sample_unref(sample);
    return GST_FLOW_OK;
  };
  gst_app_sink_set_callbacks(sink, &callbacks, new Self(weak_from_this()), delete_closure<Self>);
}

void Receiver::on_element(GstElement* element) {
  auto* factory = gst_element_get_factory(element);
  if (factory == nullptr || std::string_view(GST_OBJECT_NAME(factory)) != "rtpjitterbuffer") return;
  // The jitter buffer of 1.22 drops payload types it has no clock rate for, and webrtcbin knows of
  // one codec only; so events are taken out before it.
  GstPtr<GstPad> pad(gst_element_get_static_pad(element, "sink"));
  add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, [weak = weak_from_this()](GstPadProbeInfo* info) {
    auto self = weak.lock();
    bool event = self && self->on_event_packet(GST_PAD_PROBE_INFO_BUFFER(info));
    return event ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
  });
}

void Receiver::on_sample(GstSample* sample, GstClockTime base_time) {
  GstBuffer* buffer = gst_sample_get_buffer(sample);
  GstMapInfo map;
  if (!GST_BUFFER_PTS_IS_VALID(buffer) || !gst_buffer_map(buffer, &map, GST_MAP_READ)) return;
  auto running = gst_segment_to_running_time(gst_sample_get_segment(sample), GST_FORMAT_TIME,
                                             GST_BUFFER_PTS(buffer));
  auto when_us = static_cast<std::int64_t>((base_time + running) / GST_USECOND);
  hooks_.heard(when_us, {reinterpret_cast<const std::int16_t*>(map.data), map.size / 2});
  gst_buffer_unmap(buffer, &map);
}

bool Receiver::on_event_packet(GstBuffer* packet) {
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  if (!gst_rtp_buffer_map(packet, GST_MAP_READ, &rtp)) return false;
  bool ours = gst_rtp_buffer_get_payload_type(&rtp) == telephone_event_;
  char ended = 0;
  if (ours && gst_rtp_buffer_get_payload_len(&rtp) >= 4) {
    const auto* payload = static_cast<const guint8*>(gst_rtp_buffer_get_payload(&rtp));
    ended = ended_event(payload, gst_rtp_buffer_get_timestamp(&rtp));
  }
  gst_rtp_buffer_unmap(&rtp);
  if (ended != 0) hooks_.dtmf(ended);
  return ours;
}

// RFC 4733: all packets of an event have one timestamp, and its end is sent several times.
char Receiver::ended_event(const std::uint8_t* payload, std::uint32_t timestamp) {
  constexpr std::string_view kDigits = "0123456789*#ABCD";
  std::lock_guard lock(mutex_);
  bool end = (payload[1] & 0x80) != 0;
  if (!end || payload[0] >= kDigits.size() || last_event_ == timestamp) return 0;
  last_event_ = timestamp;
  return kDigits[payload[0]];
}

}  // namespace standin::media
