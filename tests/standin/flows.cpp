// SPDX-License-Identifier: LGPL-2.1-or-later
#include "flows.h"

#include <sys/socket.h>
#include <unistd.h>

#include <vector>

namespace standin {
namespace {

// Below WebSocket and TLS, which hide it behind properties of their own.
GSocket* socket_of(SoupWebsocketConnection* websocket) {
  GObject* stream = G_OBJECT(soup_websocket_connection_get_io_stream(websocket));
  while (stream != nullptr && !G_IS_SOCKET_CONNECTION(stream)) {
    const char* below = G_IS_TLS_CONNECTION(stream) ? "base-io-stream" : "base-iostream";
    if (g_object_class_find_property(G_OBJECT_GET_CLASS(stream), below) == nullptr) return nullptr;
    GObject* next = nullptr;
    g_object_get(stream, below, &next, nullptr);
    if (next != nullptr) g_object_unref(next);  // the stream above keeps it
    stream = next;
  }
  return stream == nullptr ? nullptr : g_socket_connection_get_socket(G_SOCKET_CONNECTION(stream));
}

bool is_open(const Flow& flow) {
  return soup_websocket_connection_get_state(flow.socket) == SOUP_WEBSOCKET_STATE_OPEN;
}

}  // namespace

void send_bytes(SoupWebsocketConnection* socket, const std::string& text) {
  const bool utf8 =
      g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) != FALSE;
  g_autoptr(GBytes) bytes = g_bytes_new(text.data(), text.size());
  soup_websocket_connection_send_message(
      socket, utf8 ? SOUP_WEBSOCKET_DATA_TEXT : SOUP_WEBSOCKET_DATA_BINARY, bytes);
}

guint16 listen_on_loopback(SoupServer* server, SoupServerListenOptions options) {
  g_autoptr(GSocketAddress) address = g_inet_socket_address_new_from_string("127.0.0.1", 0);
  if (!soup_server_listen(server, address, options, nullptr)) return 0;
  GSList* uris = soup_server_get_uris(server);
  const int port = uris != nullptr ? g_uri_get_port(static_cast<GUri*>(uris->data)) : 0;
  g_slist_free_full(uris, reinterpret_cast<GDestroyNotify>(g_uri_unref));
  return static_cast<guint16>(port);
}

bool Flows::start(GTlsCertificate* certificate, Listener listener) {
  listener_ = std::move(listener);
  server_ = soup_server_new("tls-certificate", certificate, "server-header", "RC_WSS ", nullptr);
  static const char* protocols[] = {"sip", nullptr};
  soup_server_add_early_handler(server_, "/", &Flows::on_early, this, nullptr);
  soup_server_add_websocket_handler(server_, "/", nullptr, const_cast<char**>(protocols),
                                    &Flows::on_upgrade, this, nullptr);
  port_ = listen_on_loopback(server_, SOUP_SERVER_LISTEN_HTTPS);
  return port_ != 0;
}

void Flows::stop() {
  for (auto& [id, flow] : flows_) {
    g_signal_handlers_disconnect_by_data(flow->socket, this);
    g_object_unref(flow->socket);
    for (const int fd : flow->frozen) ::close(fd);
  }
  flows_.clear();
  if (server_ != nullptr) soup_server_disconnect(server_);
  g_clear_object(&server_);
}

void Flows::on_early(SoupServer*, SoupServerMessage* message, const char*, GHashTable*,
                     gpointer data) {
  if (static_cast<Flows*>(data)->faults_.refuse_websocket == 0) return;
  soup_server_message_set_status(message, SOUP_STATUS_SERVICE_UNAVAILABLE, nullptr);
}

void Flows::on_upgrade(SoupServer*, SoupServerMessage*, const char*,
                       SoupWebsocketConnection* socket, gpointer data) {
  auto* self = static_cast<Flows*>(data);
  auto flow = std::make_unique<Flow>();
  flow->id = ++self->last_id_;
  flow->socket = SOUP_WEBSOCKET_CONNECTION(g_object_ref(socket));
  g_signal_connect(socket, "message", G_CALLBACK(&Flows::on_message), self);
  g_signal_connect(socket, "closed", G_CALLBACK(&Flows::on_socket_closed), self);
  self->flows_[flow->id] = std::move(flow);
}

void Flows::on_message(SoupWebsocketConnection* socket, int, GBytes* bytes, gpointer data) {
  auto* self = static_cast<Flows*>(data);
  Flow* flow = self->find(socket);
  if (flow == nullptr || self->lost_with_socket(*flow)) return;
  gsize size = 0;
  const auto* text = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  const std::string message(text != nullptr ? text : "", size);
  self->log_.add(flow->id, true, message);
  self->listener_.on_text(*flow, message);
}

void Flows::on_socket_closed(SoupWebsocketConnection* socket, gpointer data) {
  auto* self = static_cast<Flows*>(data);
  Flow* flow = self->find(socket);
  if (flow == nullptr) return;
  g_signal_handlers_disconnect_by_data(socket, self);
  self->listener_.on_closed(*flow);
  self->flows_.erase(flow->id);
  g_object_unref(socket);
}

Flow* Flows::find(std::uint64_t id) {
  const auto found = flows_.find(id);
  return found == flows_.end() ? nullptr : found->second.get();
}

Flow* Flows::find(SoupWebsocketConnection* socket) {
  for (auto& [id, flow] : flows_) {
    if (flow->socket == socket) return flow.get();
  }
  return nullptr;
}

Flow* Flows::newest(std::string_view extension) {
  Flow* found = nullptr;
  for (auto& [id, flow] : flows_) {
    if (flow->extension == extension && is_open(*flow)) found = flow.get();
  }
  return found;
}

bool Flows::send(std::uint64_t id, const SipMessage& message) {
  Flow* flow = find(id);
  if (flow == nullptr || !is_open(*flow)) return false;
  if (!flow->frozen.empty() || lost_with_socket(*flow)) return true;  // and nobody knows
  send_raw(*flow, message.to_text());
  listener_.on_sent(*flow, message);
  return true;
}

void Flows::send_raw(Flow& flow, const std::string& text) {
  if (!is_open(flow) || !flow.frozen.empty()) return;
  log_.add(flow.id, false, text);
  send_bytes(flow.socket, text);
}

void Flows::send_unchecked(std::uint64_t id, const std::string& text) {
  Flow* flow = find(id);
  if (flow == nullptr) return;
  send_raw(*flow, text);
  listener_.on_raw(*flow, text);
}

void Flows::close(std::uint64_t id) {
  Flow* flow = find(id);
  if (flow == nullptr || !is_open(*flow)) return;
  soup_websocket_connection_close(flow->socket, SOUP_WEBSOCKET_CLOSE_GOING_AWAY, nullptr);
}

void Flows::close_all() {
  std::vector<std::uint64_t> ids;
  for (const auto& [id, flow] : flows_) ids.push_back(id);
  for (const auto id : ids) close(id);
}

void Flows::cut(Flow& flow) {
  GSocket* socket = socket_of(flow.socket);
  if (socket != nullptr) g_socket_shutdown(socket, TRUE, TRUE, nullptr);
}

void Flows::cut_all() {
  for (auto& [id, flow] : flows_) cut(*flow);
}

// Another socket takes the place of the descriptor: the library waits on that one for ever, while
// the connection itself stays open and full duplex in the kernel's hands.
void Flows::freeze(Flow& flow) {
  GSocket* socket = socket_of(flow.socket);
  int silent[2];
  if (socket == nullptr || !flow.frozen.empty()) return;
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, silent) != 0) return;
  const int fd = g_socket_get_fd(socket);
  flow.frozen = {dup(fd), silent[1]};
  dup2(silent[0], fd);
  ::close(silent[0]);
  listener_.on_frozen(flow);
}

bool Flows::lost_with_socket(Flow& flow) {
  if (faults_.cut_at_message > 0 && --faults_.cut_at_message == 0) {
    cut(flow);
    return true;
  }
  if (faults_.freeze_at_message > 0 && --faults_.freeze_at_message == 0) {
    freeze(flow);
    return true;
  }
  return false;
}

}  // namespace standin
