// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/borrowed_audio.h"

#define GST_USE_UNSTABLE_API  // webrtc
#include <gst/webrtc/webrtc.h>

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "media/elements.h"
#include "media/foreign_pipeline.h"
#include "media/rtp_caps.h"

namespace rc::media {
namespace {

bool has_negotiated(GstElement* webrtcbin) {
  GstWebRTCSessionDescription* remote = nullptr;
  g_object_get(webrtcbin, "remote-description", &remote, nullptr);
  if (remote == nullptr) return false;
  gst_webrtc_session_description_free(remote);
  return true;
}

bool has_transceiver(GstElement* webrtcbin) {
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtcbin, "get-transceiver", 0, &transceiver);
  return static_cast<bool>(Ref<GstWebRTCRTPTransceiver>::adopt(transceiver));
}

}  // namespace

Result<std::shared_ptr<BorrowedAudio>> BorrowedAudio::create(GstElement* webrtcbin) {
  const auto sinks = pads_of(webrtcbin, GST_PAD_SINK);
  const std::string name = GST_OBJECT_NAME(webrtcbin);
  if (has_negotiated(webrtcbin)) {
    return Error{Errc::kConfig, name + " has been used: a call needs a webrtcbin of its own"};
  }
  if (sinks.size() > 1) {
    return Error{Errc::kConfig, name + " has more than one sink pad: a call has one audio stream"};
  }
  auto audio = std::make_shared<BorrowedAudio>(webrtcbin);
  connect_signal(webrtcbin, "pad-added", G_CALLBACK(on_pad), std::weak_ptr(audio));
  for (const auto& it : sinks) audio->add_gate(it.get());
  return audio;
}

void BorrowedAudio::on_pad(GstElement*, GstPad* pad, gpointer audio) {
  const auto self = static_cast<std::weak_ptr<BorrowedAudio>*>(audio)->lock();
  if (!self) return;
  if (GST_PAD_DIRECTION(pad) == GST_PAD_SRC) return self->watch_source(pad);
  self->add_gate(pad);
}

void BorrowedAudio::add_gate(GstPad* sink) {
  auto made = SendGate::create(sink);
  const std::lock_guard lock(mutex_);
  if (!gate_) gate_ = std::move(made);
}

std::shared_ptr<SendGate> BorrowedAudio::gate() const {
  const std::lock_guard lock(mutex_);
  return gate_;
}

void BorrowedAudio::watch_source(GstPad* source) {
  add_probe(source, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
            [weak = std::weak_ptr(std::static_pointer_cast<BorrowedAudio>(shared_from_this()))](
                GstPad* pad, GstPadProbeInfo*) {
              const auto self = weak.lock();
              return self && self->hears(pad) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
            });
}

// An application that only speaks links nothing here, and an unlinked pad kills webrtcbin (1.22).
bool BorrowedAudio::hears(GstPad* source) {
  if (!open_ || gst_pad_is_linked(source) == FALSE) return false;
  if (first_audio_ == 0) first_audio_ = g_get_monotonic_time();
  return true;
}

std::vector<Codec> BorrowedAudio::codecs() const {
  auto found = codecs_behind(webrtc_.get());
  const auto sending = gate();
  if (!sending) return found;
  const auto sent = sending->codecs();
  std::erase_if(found,
                [&](Codec it) { return std::find(sent.begin(), sent.end(), it) == sent.end(); });
  return found;
}

Result<void> BorrowedAudio::make_transceiver(const std::vector<Format>& formats) {
  used_ = true;
  if (const auto sending = gate()) sending->set_format(formats.front());
  if (has_transceiver(webrtc_.get())) return {};
  GstWebRTCRTPTransceiver* made = nullptr;
  g_signal_emit_by_name(webrtc_.get(), "add-transceiver",
                        GST_WEBRTC_RTP_TRANSCEIVER_DIRECTION_RECVONLY, rtp_caps(formats).get(),
                        &made);
  if (!Ref<GstWebRTCRTPTransceiver>::adopt(made)) {
    return Error{Errc::kInternal, "media: webrtcbin makes no transceiver"};
  }
  return {};
}

Result<void> BorrowedAudio::set_format(const Format& format, std::optional<int> telephone_event) {
  tap_->set_formats(format, telephone_event);
  merge_->begin(info(format.codec).clock_rate);
  if (const auto sending = gate()) sending->set_format(format);
  return {};
}

Result<void> BorrowedAudio::open() {
  open_ = true;
  tap_->set_open(true);
  update_gate();
  // Without the latency its rtpsession cannot stamp sender reports, and while it did not know what
  // it sends it was not told: the application's pipeline shall tell it anew.
  gst_element_post_message(webrtc_.get(), gst_message_new_latency(GST_OBJECT(webrtc_.get())));
  return {};
}

void BorrowedAudio::set_sending(Sending sending) {
  sending_ = sending;
  update_gate();
}

// Silence for a call that we hold would have to be made of the application's raw audio.
void BorrowedAudio::update_gate() {
  if (const auto sending = gate()) sending->set_passing(open_ && sending_ == Sending::kAudio);
}

void BorrowedAudio::shut() {
  open_ = false;
  tap_->set_open(false);
  update_gate();
}

void BorrowedAudio::add_stats(call::MediaStats& stats) const {
  tap_->add_stats(stats);
  if (const auto sending = gate()) stats.packets_sent += sending->packets();
  if (stats.first_audio_at.count() == 0)
    stats.first_audio_at = std::chrono::microseconds(first_audio_);
}

void BorrowedAudio::close() {
  shut();
  if (used_) finish();
}

void BorrowedAudio::finish() {
  if (std::exchange(finished_, true)) return;
  RC_LOG(kMedia, DEBUG, "the streams of the application's webrtcbin end");
  if (const auto sending = gate()) sending->end();
  end_streams(webrtc_.get());
}

// One SSRC ahead of the demultiplexer makes one jitterbuffer. Nothing but what is agreed on goes
// further, and nothing at all before the peer is identified: then webrtcbin has no src pad yet.
void BorrowedAudio::on_element(std::string_view factory, GstElement* element) {
  if (factory == "srtpdec") keys_->add_decryption(element);
  if (factory != "rtpssrcdemux") return;
  tap_->watch(element);
  merge_->add_demux(element);
}

}  // namespace rc::media
