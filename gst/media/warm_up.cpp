// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>
#include <pthread.h>

#include <atomic>

#include "media/codec.h"
#include "media/elements.h"
#include "media/session.h"

namespace rc::media {
namespace {

void prefer_opus(GstElement* webrtc) {
  GObject* transceiver = nullptr;
  g_signal_emit_by_name(webrtc, "get-transceiver", 0, &transceiver);
  const auto owned = Ref<GObject>::adopt(transceiver);
  const Owned<GstCaps> caps(gst_caps_from_string(
      "application/x-rtp,media=audio,encoding-name=OPUS,clock-rate=48000,payload=111"));
  if (owned) g_object_set(transceiver, "codec-preferences", caps.get(), nullptr);
}

// An offer makes webrtcbin make its transport: ICE agent, DTLS elements and their certificate.
void make_and_drop_webrtcbin() {
  const auto webrtc = make_element("webrtcbin");
  if (!webrtc.ok()) return;  // the first call says so
  GstElement* element = webrtc.value().get();
  gst_element_set_state(element, GST_STATE_READY);
  if (Ref<GstPad>::adopt(gst_element_request_pad_simple(element, "sink_0"))) {
    prefer_opus(element);
    const Owned<GstPromise> promise(gst_promise_new());
    g_signal_emit_by_name(element, "create-offer", nullptr, promise.get());
    gst_promise_wait(promise.get());
  }
  gst_element_set_state(element, GST_STATE_NULL);
}

void load_codecs() {
  for (const char* name : {"opusenc", "opusdec", "mulawenc", "mulawdec", "alawenc", "alawdec",
                           "spanplc", "audiotestsrc", "audioresample", "capsfilter", "fakesink"}) {
    (void)make_element(name).ok();
  }
  for (const CodecInfo& it : codecs()) {
    (void)make_element(it.payloader).ok();
    (void)make_element(it.depayloader).ok();
  }
}

}  // namespace

WarmUp::WarmUp() {
  static std::atomic_flag done;
  if (done.test_and_set()) return;
  thread_ = std::thread([] {
    pthread_setname_np(pthread_self(), "rc-warm-up");
    make_and_drop_webrtcbin();
    load_codecs();
  });
}

WarmUp::~WarmUp() {
  if (thread_.joinable()) thread_.join();
}

}  // namespace rc::media
