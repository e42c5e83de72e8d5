// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/peer.h"

#define GST_USE_UNSTABLE_API  // webrtc
#include <gio/gio.h>
#include <gst/webrtc/webrtc.h>

#include <utility>

#include "core/log.h"
#include "media/peer_signals.h"
#include "media/rtp_caps.h"
#include "media/rtp_stats.h"

namespace rc::media {
namespace {

constexpr std::chrono::seconds kGatheringLimit{1};
constexpr std::chrono::seconds kConnectLimit{15};

template <typename T>
Ref<T> object_property(gpointer object, const char* name) {
  T* value = nullptr;
  g_object_get(object, name, &value, nullptr);
  return Ref<T>::adopt(value);
}

Ref<GstWebRTCRTPTransceiver> transceiver_of(GstElement* webrtc) {
  GstWebRTCRTPTransceiver* transceiver = nullptr;
  g_signal_emit_by_name(webrtc, "get-transceiver", 0, &transceiver);
  return Ref<GstWebRTCRTPTransceiver>::adopt(transceiver);
}

bool is_loopback(const std::string& address) {
  const auto parsed = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(address.c_str()));
  return parsed && g_inet_address_get_is_loopback(parsed.get()) == TRUE;
}

Error failure(const std::string& what) { return {Errc::kInternal, "media: " + what}; }

}  // namespace

Result<std::shared_ptr<Peer>> Peer::create(Options options) {
  auto peer = std::make_shared<Peer>(std::move(options));
  if (auto built = peer->build(); !built.ok()) return built.error();
  return peer;
}

Peer::Peer(Options options)
    : options_(std::move(options)), webrtc_(Ref<GstElement>::share(options_.audio->webrtcbin())) {}

Peer::~Peer() { close(); }

Result<void> Peer::build() {
  if (auto tuned = tune_ice(); !tuned.ok()) return tuned;
  const PeerRelay relay{options_.queue, weak_from_this()};
  connect_signals(relay, webrtc_.get(), options_.audio);
  return options_.audio->start(relay);
}

Result<void> Peer::tune_ice() {
  const call::MediaOptions& media = options_.media;
  const auto ice = object_property<GObject>(webrtc_.get(), "ice-agent");
  const auto agent = object_property<GObject>(ice.get(), "agent");
  // UPnP waits 200 ms for a router in every call (measured). A check every 20 ms, the default, is
  // slow where one or two decide.
  g_object_set(agent.get(), "upnp", FALSE, "stun-pacing-timer", 5U, nullptr);
  g_object_set(ice.get(), "ice-tcp", FALSE, nullptr);
  // libnice takes one server; from a loopback address none can be reached, and it would be waited
  // for.
  if (!media.stun_servers.empty() && !is_loopback(media.local_address)) {
    const std::string uri = "stun://" + media.stun_servers.front();
    g_object_set(webrtc_.get(), "stun-server", uri.c_str(), nullptr);
  }
  if (media.local_address.empty()) return {};
  // libnice leaves lo out unless told; with an address told it uses only that one.
  gboolean added = FALSE;
  g_signal_emit_by_name(ice.get(), "add-local-ip-address", media.local_address.c_str(), &added);
  if (added == TRUE) return {};
  return Error{Errc::kConfig, "local-address " + media.local_address + " is no address of ours"};
}

Result<void> Peer::prefer(const std::vector<Format>& formats) {
  if (auto made = options_.audio->make_transceiver(formats); !made.ok()) return made;
  const auto transceiver = transceiver_of(webrtc_.get());
  if (!transceiver) return failure("webrtcbin has no transceiver");
  g_object_set(transceiver.get(), "codec-preferences", rtp_caps(formats).get(), nullptr);
  return {};
}

Result<void> Peer::set_format(const RemoteSdp& remote, const Format& format) {
  announced_ = remote.fingerprint;
  answered_ = true;
  return options_.audio->set_format(format, remote.telephone_event);
}

void Peer::answer(const RemoteSdp& offer, const Format& format, TransportCallback done) {
  transport_done_ = std::move(done);
  auto ready = prefer({format});
  if (ready.ok()) ready = set_format(offer, format);
  if (ready.ok()) ready = set_remote(offer, format, SdpKind::kOffer);
  if (!ready.ok()) return fail(ready.error());
  create_local(SdpKind::kAnswer);
}

void Peer::offer(const std::vector<Format>& formats, TransportCallback done) {
  transport_done_ = std::move(done);
  if (auto ready = prefer(formats); !ready.ok()) return fail(ready.error());
  create_local(SdpKind::kOffer);
}

Result<void> Peer::apply_answer(const RemoteSdp& answer, const Format& format) {
  if (auto ready = set_format(answer, format); !ready.ok()) return ready;
  if (auto ready = set_remote(answer, format, SdpKind::kAnswer); !ready.ok()) return ready;
  expect_connection();
  return {};
}

Result<void> Peer::set_remote(const RemoteSdp& remote, const Format& format, SdpKind kind) {
  GstSDPMessage* message = nullptr;
  if (gst_sdp_message_new_from_text(webrtc_sdp(remote, format, kind).c_str(), &message) !=
      GST_SDP_OK) {
    return failure("our own form of the peer's SDP cannot be read");
  }
  GstWebRTCSessionDescription* description = gst_webrtc_session_description_new(
      kind == SdpKind::kOffer ? GST_WEBRTC_SDP_TYPE_OFFER : GST_WEBRTC_SDP_TYPE_ANSWER, message);
  g_signal_emit_by_name(
      webrtc_.get(), "set-remote-description", description,
      make_promise({options_.queue, weak_from_this()}, [](Peer& self, const GstStructure* reply) {
        if (const auto error = error_of(reply)) self.fail(failure(*error));
      }).get());
  gst_webrtc_session_description_free(description);
  return {};
}

void Peer::create_local(SdpKind kind) {
  const bool offer = kind == SdpKind::kOffer;
  const auto promise =
      make_promise({options_.queue, weak_from_this()},
                   [field = offer ? "offer" : "answer"](Peer& self, const GstStructure* reply) {
                     self.on_description(reply, field);
                   });
  g_signal_emit_by_name(webrtc_.get(), offer ? "create-offer" : "create-answer", nullptr,
                        promise.get());
}

void Peer::on_description(const GstStructure* reply, const char* field) {
  GstWebRTCSessionDescription* description = nullptr;
  if (reply != nullptr) {
    gst_structure_get(reply, field, GST_TYPE_WEBRTC_SESSION_DESCRIPTION, &description, nullptr);
  }
  if (description == nullptr) {
    return fail(failure(error_of(reply).value_or("webrtcbin makes no description")));
  }
  g_signal_emit_by_name(webrtc_.get(), "set-local-description", description, nullptr);
  gst_webrtc_session_description_free(description);
  gathering_limit_ = options_.clock->after(kGatheringLimit, [this] { give_transport(); });
}

void Peer::on_gathering_state() {
  GstWebRTCICEGatheringState state = GST_WEBRTC_ICE_GATHERING_STATE_NEW;
  g_object_get(webrtc_.get(), "ice-gathering-state", &state, nullptr);
  if (state == GST_WEBRTC_ICE_GATHERING_STATE_COMPLETE) give_transport();
}

void Peer::give_transport() {
  if (!transport_done_) return;
  gathering_limit_.cancel();
  GstWebRTCSessionDescription* description = nullptr;
  g_object_get(webrtc_.get(), "local-description", &description, nullptr);
  if (description == nullptr) return fail(failure("webrtcbin took no description"));
  auto transport = read_local_transport(description->sdp);
  const bool answered = description->type == GST_WEBRTC_SDP_TYPE_ANSWER;
  gst_webrtc_session_description_free(description);
  if (answered) expect_connection();
  std::exchange(transport_done_, nullptr)(std::move(transport));
}

void Peer::expect_connection() {
  if (is_connected()) return;
  connect_limit_ = options_.clock->after(kConnectLimit, [this] {
    fail({Errc::kTimeout,
          "no media connection within 15 s: a firewall between here and the peer may block UDP; "
          "allow outgoing UDP to any port or check the STUN server and local-address"});
  });
}

void Peer::on_connection_state() {
  GstWebRTCPeerConnectionState state = GST_WEBRTC_PEER_CONNECTION_STATE_NEW;
  g_object_get(webrtc_.get(), "connection-state", &state, nullptr);
  if (is_connected()) return;
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_CONNECTED) return check_certificate();
  if (state == GST_WEBRTC_PEER_CONNECTION_STATE_FAILED) {
    fail({Errc::kNetwork,
          "the media connection failed (ICE or DTLS): check that UDP passes the "
          "firewall, the STUN server and local-address"});
  }
}

void Peer::check_certificate() {
  const auto transceiver = transceiver_of(webrtc_.get());
  // One that only receives has its transport there.
  const auto receiver = object_property<GObject>(transceiver.get(), "receiver");
  const auto transport = object_property<GObject>(receiver.get(), "transport");
  char* pem = nullptr;
  g_object_get(transport.get(), "remote-certificate", &pem, nullptr);
  const Owned<char> owned(pem);
  if (!matches(announced_, pem == nullptr ? "" : pem)) {
    return fail({Errc::kRejected,
                 "the peer's DTLS certificate is not the one that its SDP announced: somebody else "
                 "may have answered, the call has no audio"});
  }
  connected_at_ = std::chrono::microseconds(g_get_monotonic_time());
  connect_limit_.cancel();
  options_.on_connected(*this);
}

void Peer::open() {
  if (auto opened = options_.audio->open(); !opened.ok()) fail(opened.error());
}

void Peer::fail(Error error) {
  if (std::exchange(failed_, true)) return;
  options_.audio->shut();
  connect_limit_.cancel();
  gathering_limit_.cancel();
  options_.queue.post([weak = weak_from_this(), error = std::move(error)] {
    const auto self = weak.lock();
    if (!self || !self->webrtc_) return;
    // Whoever waits for our SDP hears of it there; everyone else by the listener.
    if (self->transport_done_) return std::exchange(self->transport_done_, nullptr)(error);
    self->options_.on_failed(*self, error);
  });
}

void Peer::add_stats(call::MediaStats& stats, int clock_rate) const {
  options_.audio->add_stats(stats);
  if (stats.connected_at.count() == 0) stats.connected_at = connected_at_;
  if (webrtc_) add_rtcp_stats(webrtc_.get(), clock_rate, stats);
}

void Peer::close() {
  if (!webrtc_) return;
  failed_ = true;
  transport_done_ = nullptr;
  connect_limit_.cancel();
  gathering_limit_.cancel();
  webrtc_.reset();
  options_.audio->close();
}

}  // namespace rc::media
