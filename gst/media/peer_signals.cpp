// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/peer_signals.h"

#include <utility>

#include "core/log.h"
#include "media/elements.h"
#include "media/peer.h"

namespace rc::media {
namespace {

void on_gathering(GObject*, GParamSpec*, gpointer relay) {
  static_cast<PeerRelay*>(relay)->post([](Peer& peer) { peer.on_gathering_state(); });
}

void on_connection(GObject*, GParamSpec*, gpointer relay) {
  static_cast<PeerRelay*>(relay)->post([](Peer& peer) { peer.on_connection_state(); });
}

void on_element(GstBin*, GstBin*, GstElement* element, gpointer data) {
  const GstElementFactory* factory = gst_element_get_factory(element);
  const auto audio = static_cast<std::weak_ptr<PeerAudio>*>(data)->lock();
  if (factory != nullptr && audio) audio->on_element(GST_OBJECT_NAME(factory), element);
}

void on_pad(GstElement* webrtc, GstPad* pad, gpointer chain) {
  if (GST_PAD_DIRECTION(pad) != GST_PAD_SRC) return;
  if (auto it = static_cast<std::weak_ptr<ReceiveChain>*>(chain)->lock()) it->add_pad(webrtc, pad);
}

// Nobody reads this bus: what is not an error is dropped where it is posted.
GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer relay) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    const std::string text = std::string("media: ") + error->message;
    g_error_free(error);
    static_cast<PeerRelay*>(relay)->post([text](Peer& peer) {
      peer.fail({Errc::kInternal, text});
    });
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

struct PendingReply {
  PeerRelay relay;
  ReplyHandler handler;
};

void on_reply(GstPromise* promise, gpointer data) {
  auto* pending = static_cast<PendingReply*>(data);
  std::shared_ptr<GstPromise> kept(gst_promise_ref(promise), gst_promise_unref);
  pending->relay.post([kept, handler = pending->handler](Peer& peer) {
    const bool replied = gst_promise_wait(kept.get()) == GST_PROMISE_RESULT_REPLIED;
    handler(peer, replied ? gst_promise_get_reply(kept.get()) : nullptr);
  });
}

}  // namespace

void PeerRelay::post(std::function<void(Peer&)> task) const {
  queue.post([weak = peer, run = std::move(task)] {
    const auto self = weak.lock();
    if (self && self->is_usable()) run(*self);
  });
}

void connect_signals(const PeerRelay& relay, GstElement* webrtc,
                     const std::weak_ptr<PeerAudio>& audio) {
  connect_signal(webrtc, "notify::ice-gathering-state", G_CALLBACK(on_gathering), relay);
  connect_signal(webrtc, "notify::connection-state", G_CALLBACK(on_connection), relay);
  connect_signal(webrtc, "deep-element-added", G_CALLBACK(on_element), audio);
}

void connect_bus(const PeerRelay& relay, GstElement* pipeline) {
  const auto bus = Ref<GstBus>::adopt(gst_element_get_bus(pipeline));
  gst_bus_set_sync_handler(bus.get(), on_message, new PeerRelay(relay),
                           [](gpointer owned) { delete static_cast<PeerRelay*>(owned); });
}

void connect_pads(GstElement* webrtc, const std::shared_ptr<ReceiveChain>& chain) {
  connect_signal(webrtc, "pad-added", G_CALLBACK(on_pad), std::weak_ptr(chain));
}

Owned<GstPromise> make_promise(PeerRelay relay, ReplyHandler handler) {
  return Owned<GstPromise>(gst_promise_new_with_change_func(
      on_reply, new PendingReply{std::move(relay), std::move(handler)},
      [](gpointer owned) { delete static_cast<PendingReply*>(owned); }));
}

std::optional<std::string> error_of(const GstStructure* reply) {
  GError* error = nullptr;
  if (reply == nullptr ||
      gst_structure_get(reply, "error", G_TYPE_ERROR, &error, nullptr) == FALSE) {
    return std::nullopt;
  }
  const Owned<GError> owned(error);
  return error->message;
}

}  // namespace rc::media
