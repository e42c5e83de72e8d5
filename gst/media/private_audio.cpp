// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/private_audio.h"

#include <utility>

#include "media/elements.h"
#include "media/peer.h"
#include "media/peer_signals.h"

namespace rc::media {
namespace {

Ref<GstClock> clock_of(const call::MediaOptions& media) {
  return media.clock ? media.clock : Ref<GstClock>::adopt(gst_system_clock_obtain());
}

}  // namespace

Result<std::shared_ptr<PeerAudio>> PrivateAudio::create(const call::MediaOptions& media,
                                                        const std::shared_ptr<AudioPorts>& ports) {
  auto audio = std::make_shared<PrivateAudio>(media, ports);
  if (auto built = audio->build(); !built.ok()) return built.error();
  return std::shared_ptr<PeerAudio>(std::move(audio));
}

PrivateAudio::PrivateAudio(const call::MediaOptions& media, std::shared_ptr<AudioPorts> ports)
    : media_(media), ports_(std::move(ports)), tap_(std::make_shared<PacketTap>(ports_)) {}

Result<void> PrivateAudio::build() {
  auto webrtc = make_element("webrtcbin");
  if (!webrtc.ok()) return webrtc.error();
  webrtc_ = std::move(webrtc.value());
  pipeline_ = Ref<GstElement>::sink(gst_pipeline_new(nullptr));
  gst_bin_add(GST_BIN(pipeline_.get()), webrtc_.get());
  g_object_set(webrtc_.get(), "latency", static_cast<guint>(media_.jitter_latency.count()),
               nullptr);
  return {};
}

Result<void> PrivateAudio::start(const PeerRelay& peer) {
  GstElement* pipeline = pipeline_.get();
  peer_ = peer;
  connect_bus(peer, pipeline);
  const auto clock = clock_of(media_);
  gst_pipeline_use_clock(GST_PIPELINE(pipeline), clock.get());
  gst_element_set_start_time(pipeline, GST_CLOCK_TIME_NONE);
  gst_element_set_base_time(pipeline, gst_clock_get_time(clock.get()));
  if (gst_element_set_state(pipeline, GST_STATE_PLAYING) == GST_STATE_CHANGE_FAILURE) {
    return Error{Errc::kConfig, "webrtcbin does not start: is gstreamer1.0-nice installed?"};
  }
  return {};
}

Result<void> PrivateAudio::make_transceiver(const std::vector<Format>&) {
  send_pad_ = Ref<GstPad>::adopt(gst_element_request_pad_simple(webrtc_.get(), "sink_0"));
  if (!send_pad_) return Error{Errc::kInternal, "media: webrtcbin gives no pad"};
  return {};
}

Result<void> PrivateAudio::set_format(const Format& format, std::optional<int> telephone_event) {
  tap_->set_formats(format, telephone_event);
  ReceiveChain::Options options{
      ports_, format, media_.receive_rate,
      std::chrono::nanoseconds(gst_element_get_base_time(pipeline_.get()))};
  auto chain = ReceiveChain::create(GST_BIN(pipeline_.get()), std::move(options));
  if (!chain.ok()) return chain.error();
  receive_ = std::move(chain.value());
  format_ = format;
  connect_pads(webrtc_.get(), receive_);
  return {};
}

Result<void> PrivateAudio::open() {
  // webrtcbin connects the inside of its pad when the first caps come; only from then on does the
  // latency reach its rtpsession, which without it cannot stamp sender reports.
  auto settle = [peer = *peer_, weak = weak_from_this()] {
    peer.post([weak](Peer&) {
      const auto self = std::static_pointer_cast<PrivateAudio>(weak.lock());
      if (self && self->pipeline_) gst_bin_recalculate_latency(GST_BIN(self->pipeline_.get()));
    });
  };
  auto send = SendChain::create(GST_BIN(pipeline_.get()), send_pad_.get(),
                                {ports_, format_, std::move(settle)});
  if (!send.ok()) return send.error();
  send_ = std::move(send.value());
  send_->set_sending(sending_);
  tap_->set_open(true);
  receive_->set_open(true);
  return {};
}

void PrivateAudio::set_sending(Sending sending) {
  sending_ = sending;
  if (send_) send_->set_sending(sending);
}

void PrivateAudio::shut() {
  tap_->set_open(false);
  if (receive_) receive_->set_open(false);
  if (send_) send_->set_sending(Sending::kNothing);
}

void PrivateAudio::add_stats(call::MediaStats& stats) const {
  tap_->add_stats(stats);
  if (send_) stats.packets_sent += send_->packets();
  if (receive_ && stats.first_audio_at.count() == 0)
    stats.first_audio_at = receive_->first_audio_at();
}

void PrivateAudio::close() {
  if (!pipeline_) return;
  shut();
  gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
  send_pad_.reset();
  webrtc_.reset();
  pipeline_.reset();
}

void PrivateAudio::on_element(std::string_view factory, GstElement* element) {
  if (factory == "rtpjitterbuffer") tap_->watch(element);
  if (factory == "rtpssrcdemux") limit_->add_demux(element);
  if (factory == "srtpdec") keys_->add_decryption(element);
}

}  // namespace rc::media
