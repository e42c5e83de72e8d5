// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a call costs whoever puts webrtcbin into a pipeline with his own hands: the yardstick for
// the product. The agent and the jitterbuffer are tuned as in gst/media/peer.cpp.
//
//   bench-bare opus|pcmu mute|receive|both
// `mute` sends nothing, `receive` sends silence as a phone does that has nothing to say, `both`
// a tone. A line `call SDP` on stdin, the offer in base64, is one more call; it is answered, and
// nobody asks for the answer: the far end is ICE-lite and needs none.
#define GST_USE_UNSTABLE_API  // webrtc
#include <gst/gst.h>
#include <gst/webrtc/webrtc.h>

#include <iostream>
#include <string>
#include <vector>

#include "client.h"

namespace {

constexpr guint kJitterLatencyMs = 60;  // what rcsrc gives it by default

std::string codec_name, mode;
bench::SoundCount sound;

bool is_opus() { return codec_name == "opus"; }

std::string receive_chain() {
  return (is_opus() ? "rtpopusdepay ! opusdec plc=true use-inband-fec=true"
                    : "rtppcmudepay ! mulawdec ! spanplc") +
         std::string(
             " ! audioconvert ! audioresample ! audio/x-raw,format=S16LE,channels=1,rate=16000 ! "
             "fakesink name=end sync=false async=false enable-last-sample=false");
}

std::string send_chain() {
  const std::string source =
      "audiotestsrc is-live=true wave=" + std::string(mode == "both" ? "sine" : "silence");
  if (!is_opus())
    return source +
           " samplesperbuffer=160 ! audio/x-raw,format=S16LE,rate=8000,channels=1 ! mulawenc ! "
           "rtppcmupay min-ptime=20000000 max-ptime=20000000 ! ";
  return source +
         " samplesperbuffer=960 ! audio/x-raw,format=S16LE,rate=48000,channels=1 ! opusenc "
         "audio-type=voice frame-size=20 bitrate-type=constrained-vbr bitrate=32000 "
         "inband-fec=true packet-loss-percentage=10 complexity=5 ! rtpopuspay pt=111 ! ";
}

void on_pad(GstElement*, GstPad* pad, gpointer pipeline) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  GstElement* chain = gst_parse_bin_from_description(receive_chain().c_str(), TRUE, nullptr);
  GstElement* end = gst_bin_get_by_name(GST_BIN(chain), "end");
  sound.watch(end, "sink");
  gst_object_unref(end);
  gst_bin_add(GST_BIN(pipeline), chain);
  GstPad* sink = gst_element_get_static_pad(chain, "sink");
  gst_element_sync_state_with_parent(chain);
  gst_pad_link(pad, sink);
  gst_object_unref(sink);
}

void tune(GstElement* webrtc) {
  GObject *ice = nullptr, *agent = nullptr;
  gboolean added = FALSE;
  g_object_set(webrtc, "latency", kJitterLatencyMs, nullptr);
  g_object_get(webrtc, "ice-agent", &ice, nullptr);
  g_object_get(ice, "agent", &agent, nullptr);
  g_object_set(agent, "upnp", FALSE, "stun-pacing-timer", 5U, nullptr);
  g_object_set(ice, "ice-tcp", FALSE, nullptr);
  g_signal_emit_by_name(ice, "add-local-ip-address", "127.0.0.1", &added);
  g_object_unref(agent);
  g_object_unref(ice);
}

void on_answer(GstPromise* promise, gpointer webrtc) {
  GstWebRTCSessionDescription* answer = nullptr;
  gst_structure_get(gst_promise_get_reply(promise), "answer", GST_TYPE_WEBRTC_SESSION_DESCRIPTION,
                    &answer, nullptr);
  gst_promise_unref(promise);
  g_signal_emit_by_name(webrtc, "set-local-description", answer, nullptr);
  gst_webrtc_session_description_free(answer);
}

void answer(GstElement* webrtc, const std::string& offer) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(offer.c_str(), &message);
  GstWebRTCSessionDescription* description =
      gst_webrtc_session_description_new(GST_WEBRTC_SDP_TYPE_OFFER, message);
  g_signal_emit_by_name(webrtc, "set-remote-description", description, nullptr);
  gst_webrtc_session_description_free(description);
  g_signal_emit_by_name(webrtc, "create-answer", nullptr,
                        gst_promise_new_with_change_func(on_answer, webrtc, nullptr));
}

GstElement* begin_call(const std::string& offer) {
  const std::string sender = mode == "mute" ? "" : send_chain();
  GstElement* pipeline = bench::parse_pipeline("pipeline. ( " + sender + "webrtcbin name=webrtc )");
  GstElement* webrtc = gst_bin_get_by_name(GST_BIN(pipeline), "webrtc");
  bench::watch_bus(pipeline);
  tune(webrtc);
  g_signal_connect(webrtc, "pad-added", G_CALLBACK(on_pad), pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  answer(webrtc, offer);
  gst_object_unref(webrtc);
  return pipeline;
}

void obey(const std::string& line, std::vector<GstElement*>& pipelines) {
  if (!line.starts_with("call ")) return;
  gsize size = 0;
  guchar* text = g_base64_decode(line.c_str() + 5, &size);
  pipelines.push_back(begin_call({reinterpret_cast<const char*>(text), size}));
  g_free(text);
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc != 3) {
    std::cerr << "usage: bench-bare opus|pcmu mute|receive|both\n";
    return 1;
  }
  codec_name = argv[1];
  mode = argv[2];
  std::vector<GstElement*> pipelines;
  bench::run_commands(sound, [&](const std::string& line) { obey(line, pipelines); });
  for (GstElement* pipeline : pipelines) {
    gst_element_set_state(pipeline, GST_STATE_NULL);
    gst_object_unref(pipeline);
  }
  return 0;
}
