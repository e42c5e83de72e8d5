// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_peer.h"

#include <gst/sdp/sdp.h>

#include <sstream>
#include <thread>
#include <utility>

namespace standin::media {
namespace {

constexpr std::chrono::seconds kNegotiationLimit{5};
constexpr guint kJitterBufferMs = 100;
constexpr guint kMaxStreams = 4;  // each SSRC beyond costs a pad and threads

void append_codec(GstCaps* caps, Codec codec, int payload) {
  static constexpr const char* kNames[] = {"OPUS", "PCMU", "PCMA"};
  GstStructure* format = gst_structure_new(
      "application/x-rtp", "media", G_TYPE_STRING, "audio", "encoding-name", G_TYPE_STRING,
      kNames[static_cast<int>(codec)], "payload", G_TYPE_INT, payload, "clock-rate", G_TYPE_INT,
      codec == Codec::kOpus ? 48000 : 8000, nullptr);
  if (codec == Codec::kOpus) {
    gst_structure_set(format, "encoding-params", G_TYPE_STRING, "2", nullptr);
  }
  gst_caps_append_structure(caps, format);
}

std::string error_of(const GstStructure* reply) {
  GError* error = nullptr;
  if (reply == nullptr || !gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr)) {
    return "";
  }
  std::string text = error->message;
  g_error_free(error);
  return text;
}

// A thread that may be joined by whoever is last to know it, be it itself.
struct Worker {
  std::thread thread;
  ~Worker() {
    if (!thread.joinable()) return;
    if (thread.get_id() == std::this_thread::get_id()) {
      thread.detach();
    } else {
      thread.join();
    }
  }
};

}  // namespace

std::shared_ptr<MediaPeer> MediaPeer::create(std::shared_ptr<Dispatcher> dispatcher,
                                             std::shared_ptr<Wire> wire, Options options,
                                             Hooks hooks) {
  std::shared_ptr<MediaPeer> peer(
      new MediaPeer(std::move(dispatcher), std::move(options), std::move(hooks)));
  peer->broken_ = peer->build(*wire);
  return peer;
}

MediaPeer::MediaPeer(std::shared_ptr<Dispatcher> dispatcher, Options options, Hooks hooks)
    : dispatcher_(std::move(dispatcher)), options_(std::move(options)), hooks_(std::move(hooks)) {}

MediaPeer::~MediaPeer() {
  *open_ = false;
  if (pipeline_) gst_element_set_state(pipeline_.get(), GST_STATE_NULL);
}

std::string MediaPeer::build(Wire& wire) {
  webrtc_ = gst_element_factory_make("webrtcbin", nullptr);
  if (webrtc_ == nullptr) return "webrtcbin is not installed";
  pipeline_.reset(GST_ELEMENT(gst_object_ref_sink(gst_pipeline_new(nullptr))));
  // The clock of the recording's and the packet log's time stamps.
  GstPtr<GstClock> clock(gst_system_clock_obtain());
  gst_pipeline_use_clock(GST_PIPELINE(pipeline_.get()), clock.get());
  gst_bin_add(GST_BIN(pipeline_.get()), webrtc_);
  gst_util_set_object_arg(G_OBJECT(webrtc_), "bundle-policy", "max-bundle");
  g_object_set(webrtc_, "latency", kJitterBufferMs, nullptr);
  GstPtr<GstElement> rtpbin(gst_bin_get_by_name(GST_BIN(webrtc_), "rtpbin"));
  if (rtpbin) g_object_set(rtpbin.get(), "max-streams", kMaxStreams, nullptr);
  tune_ice();
  auto heard = [heard = hooks_.sound.heard, open = open_](auto when, auto samples) {
    if (*open) heard(when, samples);
  };
  receiver_ = std::make_shared<Receiver>(Receiver::Hooks{heard, hooks_.sound.dtmf});
  receiver_->watch(GST_BIN(pipeline_.get()), webrtc_);
  wire.watch(webrtc_);
  watch_connection();
  gst_element_set_state(pipeline_.get(), GST_STATE_PLAYING);
  sink_pad_.reset(gst_element_request_pad_simple(webrtc_, "sink_0"));
  return "";
}

// UPnP costs 200 ms a call, TCP candidates are none of RingCentral's; libnice skips loopback unless
// told the address.
void MediaPeer::tune_ice() {
  GObject* ice = nullptr;
  GObject* agent = nullptr;
  g_object_get(webrtc_, "ice-agent", &ice, nullptr);
  GPtr<GObject> ice_owner(ice);
  g_object_set(ice, "ice-tcp", FALSE, nullptr);
  g_object_get(ice, "agent", &agent, nullptr);
  GPtr<GObject> agent_owner(agent);
  g_object_set(agent, "upnp", FALSE, "stun-pacing-timer", 5, nullptr);
  gboolean added = FALSE;
  g_signal_emit_by_name(ice, "add-local-ip-address", options_.local_address.c_str(), &added);
}

// From webrtcbin's threads to ours.
void MediaPeer::post(const std::weak_ptr<MediaPeer>& weak, std::function<void(MediaPeer&)> task) {
  auto self = weak.lock();
  if (!self) return;
  self->dispatcher_->post([weak, task = std::move(task)] {
    if (auto alive = weak.lock()) task(*alive);
  });
}

void MediaPeer::watch_connection() {
  using Self = std::weak_ptr<MediaPeer>;
  auto on_ice_candidate = +[](GstElement*, guint, const gchar* candidate, gpointer data) {
    post(*static_cast<Self*>(data),
         [line = std::string(candidate)](MediaPeer& self) { self.on_candidate(line); });
  };
  auto on_state = +[](GObject* webrtc, GParamSpec*, gpointer data) {
    gint state = 0;
    g_object_get(webrtc, "connection-state", &state, nullptr);
    auto now = g_get_monotonic_time();
    post(*static_cast<Self*>(data),
         [state, now](MediaPeer& self) { self.on_connection_state(state, now); });
  };
  g_signal_connect_data(webrtc_, "on-ice-candidate", G_CALLBACK(on_ice_candidate),
                        new Self(weak_from_this()), delete_signal_closure<Self>, GConnectFlags{});
  g_signal_connect_data(webrtc_, "notify::connection-state", G_CALLBACK(on_state),
                        new Self(weak_from_this()), delete_signal_closure<Self>, GConnectFlags{});
}

void MediaPeer::prefer_codecs(const AgreedFormats* only) {
  static constexpr int kPayloads[] = {111, 0, 8};
  CapsPtr caps(gst_caps_new_empty());
  if (only != nullptr) {
    append_codec(caps.get(), only->codec, only->payload);
  } else {
    for (auto codec : options_.codecs) {
      append_codec(caps.get(), codec, kPayloads[static_cast<int>(codec)]);
    }
  }
  GObject* transceiver = nullptr;
  g_object_get(sink_pad_.get(), "transceiver", &transceiver, nullptr);
  GPtr<GObject> owner(transceiver);
  g_object_set(transceiver, "codec-preferences", caps.get(), nullptr);
}

void MediaPeer::begin(Negotiated done) {
  done_ = std::move(done);
  deadline_.start(*dispatcher_, kNegotiationLimit, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->finish("webrtcbin gave no description in time");
  });
  if (broken_.empty()) return;
  dispatcher_->post([weak = weak_from_this()] {
    if (auto self = weak.lock()) self->finish(self->broken_);
  });
}

void MediaPeer::offer(Negotiated done) {
  begin(std::move(done));
  if (!broken_.empty()) return;
  prefer_codecs(nullptr);
  request("create-offer", nullptr, &MediaPeer::on_offered);
}

void MediaPeer::answer(AudioSdp peer, AgreedFormats formats, Negotiated done) {
  begin(std::move(done));
  if (!broken_.empty()) return;
  peer_ = std::move(peer);
  formats_ = formats;
  answering_ = true;
  prefer_codecs(&formats_);
  // webrtcbin answers "active" to actpass; RingCentral is the DTLS server.
  auto setup = peer_.setup == "passive" ? "passive" : "active";
  set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_OFFER,
                  webrtcbin_sdp(peer_, formats_, mid_, setup), &MediaPeer::on_remote_offer_set);
}

void MediaPeer::accept(AudioSdp peer, AgreedFormats formats, Negotiated done) {
  begin(std::move(done));
  if (!broken_.empty()) return;
  peer_ = std::move(peer);
  formats_ = formats;
  auto setup = peer_.setup.empty() ? "active" : peer_.setup;
  set_description("set-remote-description", GST_WEBRTC_SDP_TYPE_ANSWER,
                  webrtcbin_sdp(peer_, formats_, mid_, setup), &MediaPeer::on_remote_answer_set);
}

// Emits an action signal whose reply calls the step on our thread, unless the negotiation is over
// by then.
void MediaPeer::request(const char* action, gpointer argument, Step step) {
  struct Waiting {
    std::weak_ptr<MediaPeer> peer;
    std::shared_ptr<Dispatcher> dispatcher;
    Step step;
  };
  auto on_reply = +[](GstPromise* promise, gpointer data) {
    auto* waiting = static_cast<Waiting*>(data);
    std::shared_ptr<GstPromise> kept(gst_promise_ref(promise), gst_promise_unref);
    waiting->dispatcher->post([weak = waiting->peer, step = waiting->step, kept] {
      auto self = weak.lock();
      if (!self || !self->done_) return;
      bool replied = gst_promise_wait(kept.get()) == GST_PROMISE_RESULT_REPLIED;
      const GstStructure* reply = replied ? gst_promise_get_reply(kept.get()) : nullptr;
      auto error = replied ? error_of(reply) : "webrtcbin dropped the request";
      if (!error.empty()) return self->finish(error);
      ((*self).*step)(reply);
    });
  };
  GstPromise* promise = gst_promise_new_with_change_func(
      on_reply, new Waiting{weak_from_this(), dispatcher_, step}, delete_closure<Waiting>);
  g_signal_emit_by_name(webrtc_, action, argument, promise);
  gst_promise_unref(promise);
}

void MediaPeer::set_description(const char* action, GstWebRTCSDPType type, const std::string& sdp,
                                Step next) {
  GstSDPMessage* message = nullptr;
  gst_sdp_message_new_from_text(sdp.c_str(), &message);
  auto* description = gst_webrtc_session_description_new(type, message);
  request(action, description, next);
  gst_webrtc_session_description_free(description);
}

void MediaPeer::on_offered(const GstStructure* reply) { take_local(reply, "offer"); }

void MediaPeer::on_remote_offer_set(const GstStructure*) {
  request("create-answer", nullptr, &MediaPeer::on_answered);
}

void MediaPeer::on_answered(const GstStructure* reply) { take_local(reply, "answer"); }

void MediaPeer::take_local(const GstStructure* reply, const char* field) {
  GstWebRTCSessionDescription* description = nullptr;
  gst_structure_get(reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, nullptr);
  if (description == nullptr) return finish("webrtcbin made no " + std::string(field));
  gchar* text = gst_sdp_message_as_text(description->sdp);
  std::string error;
  auto sdp = parse_sdp(text, error);
  if (sdp) {
    local_.ufrag = sdp->ufrag;
    local_.pwd = sdp->pwd;
    mid_ = sdp->mid;
    request("set-local-description", description, &MediaPeer::on_local_set);
  }
  g_free(text);
  gst_webrtc_session_description_free(description);
  if (!sdp) finish("webrtcbin's " + std::string(field) + ": " + error);
}

void MediaPeer::on_local_set(const GstStructure*) {
  local_set_ = true;
  local_.certificate = certificate("certificate");
  finish_local();
}

void MediaPeer::on_candidate(const std::string& candidate) {
  if (local_.port == 0) local_.port = host_candidate_port(candidate, options_.local_address);
  finish_local();
}

void MediaPeer::finish_local() {
  if (!done_ || !local_set_ || local_.port == 0) return;
  finish(answering_ ? start_sender() : "");
}

void MediaPeer::on_remote_answer_set(const GstStructure*) { finish(start_sender()); }

std::string MediaPeer::start_sender() {
  receiver_->set_telephone_event(formats_.telephone_event);
  std::string error;
  auto fill = [fill = hooks_.fill, open = open_](std::span<std::int16_t> out) {
    return *open && fill(out);
  };
  sender_ = Sender::create(GST_BIN(pipeline_.get()), sink_pad_.get(), formats_, fill, error);
  return error;
}

void MediaPeer::finish(const std::string& error) {
  deadline_.stop();
  if (auto done = std::exchange(done_, nullptr)) done(local_, error);
}

void MediaPeer::on_connection_state(int state, std::int64_t when_us) {
  switch (static_cast<GstWebRTCPeerConnectionState>(state)) {
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTING:
      return hooks_.state(LegState::kConnecting, "", when_us);
    case GST_WEBRTC_PEER_CONNECTION_STATE_FAILED:
      return hooks_.state(LegState::kFailed, "ICE or DTLS failed", when_us);
    case GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED:
      break;
    default:
      return;
  }
  // webrtcbin 1.22 does not compare the certificate with a=fingerprint.
  if (!names_certificate(peer_.fingerprints, certificate("remote-certificate"))) {
    return hooks_.state(LegState::kFailed, "the peer's certificate is not the one of its SDP",
                        when_us);
  }
  hooks_.state(LegState::kConnected, "", when_us);
  *open_ = true;
}

std::string MediaPeer::certificate(const char* property) const {
  GObject* transceiver = nullptr;
  GObject* sender = nullptr;
  GObject* transport = nullptr;
  g_object_get(sink_pad_.get(), "transceiver", &transceiver, nullptr);
  GPtr<GObject> transceiver_owner(transceiver);
  g_object_get(transceiver, "sender", &sender, nullptr);
  GPtr<GObject> sender_owner(sender);
  g_object_get(sender, "transport", &transport, nullptr);
  if (transport == nullptr) return "";
  GPtr<GObject> transport_owner(transport);
  return string_property(transport, property);
}

// webrtcbin takes 4 to 20 ms to stop, so another thread waits for it.
void MediaPeer::close(std::function<void()> on_closed) {
  *open_ = false;
  finish("closed");
  auto worker = std::make_shared<Worker>();
  std::shared_ptr<GstElement> pipeline(pipeline_.release(), [](GstElement* element) {
    if (element != nullptr) gst_object_unref(element);
  });
  sink_pad_.reset();
  worker->thread = std::thread([worker, pipeline, dispatcher = dispatcher_,
                                self = shared_from_this(), done = std::move(on_closed)]() mutable {
    if (pipeline) gst_element_set_state(pipeline.get(), GST_STATE_NULL);
    pipeline.reset();
    dispatcher->post([worker, self, done] {
      worker->thread.join();
      done();
    });
  });
}

}  // namespace standin::media
