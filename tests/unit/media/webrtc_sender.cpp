// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_sender.h"

#define GST_USE_UNSTABLE_API  // webrtc
#include <gst/rtp/gstrtpbuffer.h>
#include <gst/webrtc/webrtc.h>

#include <condition_variable>
#include <mutex>

namespace rc::media::test {
namespace {

// Emits a signal of webrtcbin that takes a description or options, and waits for its promise.
void emit(GstElement* webrtc, const char* signal, gpointer argument, Owned<GstPromise>& promise) {
  promise.reset(gst_promise_new());
  g_signal_emit_by_name(webrtc, signal, argument, promise.get());
  gst_promise_wait(promise.get());
}

// Waits until the candidates are in the local description.
void wait_gathered(GstElement* webrtc) {
  struct Wait {
    std::mutex mutex;
    std::condition_variable changed;
  } wait;
  const auto handler = g_signal_connect(webrtc, "notify::ice-gathering-state",
                                        G_CALLBACK(+[](GObject*, GParamSpec*, gpointer data) {
                                          auto* waiting = static_cast<Wait*>(data);
                                          const std::lock_guard lock(waiting->mutex);
                                          waiting->changed.notify_all();
                                        }),
                                        &wait);
  std::unique_lock lock(wait.mutex);
  wait.changed.wait_for(lock, std::chrono::seconds(5), [webrtc] {
    GstWebRTCICEGatheringState state{};
    g_object_get(webrtc, "ice-gathering-state", &state, nullptr);
    return state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE;
  });
  lock.unlock();
  g_signal_handler_disconnect(webrtc, handler);
}

}  // namespace

WebRtcSender::WebRtcSender(double hertz, const char* frame) {
  const std::string launch =
      "webrtcbin name=webrtc audiotestsrc is-live=true samplesperbuffer=120 volume=0.3 freq=" +
      std::to_string(hertz) + " ! audio/x-raw,rate=48000,channels=1 ! opusenc frame-size=" + frame +
      " ! rtpopuspay name=pay pt=111 ! "
      "application/"
      "x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,encoding-params=(string)2,payload=111 "
      "! webrtc.";
  pipeline_ = Ref<GstElement>::sink(gst_parse_launch(launch.c_str(), nullptr));
  webrtc_ = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "webrtc"));
  const auto pay = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(pipeline_.get()), "pay"));
  const auto pad = Ref<GstPad>::adopt(gst_element_get_static_pad(pay.get(), "src"));
  gst_pad_add_probe(pad.get(), GST_PAD_PROBE_TYPE_BUFFER, on_packet, this, nullptr);
  GObject* ice = nullptr;
  g_object_get(webrtc_.get(), "ice-agent", &ice, nullptr);
  gboolean added = FALSE;
  g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added);
  g_object_unref(ice);
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
}

WebRtcSender::~WebRtcSender() { gst_element_set_state(pipeline_.get(), GST_STATE_NULL); }

std::string WebRtcSender::offer() {
  Owned<GstPromise> promise;
  emit(webrtc_.get(), "create-offer", nullptr, promise);
  GstWebRTCSessionDescription* made = nullptr;
  gst_structure_get(gst_promise_get_reply(promise.get()), "offer",
                    GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &made, nullptr);
  emit(webrtc_.get(), "set-local-description", made, promise);
  gst_webrtc_session_description_free(made);
  wait_gathered(webrtc_.get());
  g_object_get(webrtc_.get(), "local-description", &made, nullptr);
  const Owned<char> text(gst_sdp_message_as_text(made->sdp));
  gst_webrtc_session_description_free(made);
  return text.get();
}

void WebRtcSender::apply(const std::string& answer) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(answer.c_str(), &message);
  auto* description = gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_ANSWER, message);
  Owned<GstPromise> promise;
  emit(webrtc_.get(), "set-remote-description", description, promise);
  gst_webrtc_session_description_free(description);
}

GstPadProbeReturn WebRtcSender::on_packet(GstPad*, GstPadProbeInfo* item, gpointer self) {
  auto* sender = static_cast<WebRtcSender*>(self);
  const int loss = sender->loss_;
  if (loss != 0 && ++sender->packets_ % loss == 0) return GST_PAD_PROBE_DROP;
  item->data = sender->rewrite(GST_PAD_PROBE_INFO_BUFFER(item));
  return GST_PAD_PROBE_OK;
}

GstBuffer* WebRtcSender::event(GstBuffer* replaced, bool end) {
  GstBuffer* made = gst_rtp_buffer_new_allocate(4, 0, 0);
  GstRTPBuffer from = GST_RTP_BUFFER_INIT, to = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(replaced, GST_MAP_READ, &from);
  gst_rtp_buffer_map(made, GST_MAP_WRITE, &to);
  gst_rtp_buffer_set_payload_type(&to, 101);
  gst_rtp_buffer_set_seq(&to, gst_rtp_buffer_get_seq(&from));
  gst_rtp_buffer_set_timestamp(&to, gst_rtp_buffer_get_timestamp(&from));
  gst_rtp_buffer_set_ssrc(&to, gst_rtp_buffer_get_ssrc(&from));
  auto* payload = static_cast<guint8*>(gst_rtp_buffer_get_payload(&to));
  payload[0] = 5;
  payload[1] = static_cast<guint8>((end ? 0x80 : 0) | 10);
  payload[2] = payload[3] = 0;
  gst_rtp_buffer_unmap(&to);
  gst_rtp_buffer_unmap(&from);
  gst_buffer_copy_into(made, replaced, GST_BUFFER_COPY_METADATA, 0, 0);
  gst_buffer_unref(replaced);
  return made;
}

GstBuffer* WebRtcSender::rewrite(GstBuffer* packet) {
  const int every = change_every_;
  if (every != 0 && ++packets_ % every == 0) {
    ssrc_ = 0x10000000U + static_cast<uint32_t>(++changes_);
  }
  packet = gst_buffer_make_writable(packet);
  if (event_packets_ > 0) packet = event(packet, --event_packets_ == 0);
  if (const size_t size = padding_; size != 0) {
    gst_buffer_append(packet, gst_buffer_new_memdup(std::string(size, 'x').data(), size));
  }
  GstRTPBuffer rtp = GST_RTP_BUFFER_INIT;
  gst_rtp_buffer_map(packet, GST_MAP_READWRITE, &rtp);
  if (ssrc_ != 0) gst_rtp_buffer_set_ssrc(&rtp, ssrc_);
  gst_rtp_buffer_unmap(&rtp);
  return packet;
}

}  // namespace rc::media::test
