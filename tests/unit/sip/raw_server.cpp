// SPDX-License-Identifier: LGPL-2.1-or-later
#include "raw_server.h"

#include <array>

namespace rc::sip {
namespace {

std::string read_head(GInputStream* input) {
  std::string head;
  std::array<char, 4096> buffer{};
  while (head.find("\r\n\r\n") == std::string::npos) {
    const gssize got = g_input_stream_read(input, buffer.data(), buffer.size(), nullptr, nullptr);
    if (got <= 0) break;
    head.append(buffer.data(), static_cast<size_t>(got));
  }
  return head;
}

}  // namespace

RawServer::RawServer(Script script)
    : script_(std::move(script)),
      listener_(Ref<GSocketListener>::adopt(g_socket_listener_new())),
      stop_(Ref<GCancellable>::adopt(g_cancellable_new())) {
  GInetAddress* loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
  GSocketAddress* any_port = g_inet_socket_address_new(loopback, 0);
  GSocketAddress* bound = nullptr;
  g_assert_true(g_socket_listener_add_address(listener_.get(), any_port, G_SOCKET_TYPE_STREAM,
                                              G_SOCKET_PROTOCOL_TCP, nullptr, &bound, nullptr));
  port_ = g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound));
  g_object_unref(bound);
  g_object_unref(any_port);
  g_object_unref(loopback);
  thread_ = std::thread([this] { serve(); });
}

RawServer::~RawServer() {
  g_cancellable_cancel(stop_.get());
  thread_.join();
  g_socket_listener_close(listener_.get());
}

void RawServer::serve() {
  while (true) {
    const auto connection = Ref<GSocketConnection>::adopt(
        g_socket_listener_accept(listener_.get(), nullptr, stop_.get(), nullptr));
    if (!connection) return;
    GIOStream* stream = G_IO_STREAM(connection.get());
    const std::string head = read_head(g_io_stream_get_input_stream(stream));
    script_(*stream, head);
    g_io_stream_close(stream, nullptr, nullptr);
  }
}

bool RawServer::write(GIOStream& stream, const std::string& bytes) {
  return g_output_stream_write_all(g_io_stream_get_output_stream(&stream), bytes.data(),
                                   bytes.size(), nullptr, nullptr, nullptr) != FALSE;
}

bool RawServer::wait_for_end(GIOStream& stream) {
  std::array<char, 4096> buffer{};
  gssize got = 1;
  while (got > 0) {
    got = g_input_stream_read(g_io_stream_get_input_stream(&stream), buffer.data(), buffer.size(),
                              nullptr, nullptr);
  }
  return got == 0;
}

std::string RawServer::accept(const std::string& request) {
  constexpr const char* kKey = "Sec-WebSocket-Key: ";
  const size_t start = request.find(kKey) + std::string(kKey).size();
  const std::string key = request.substr(start, request.find("\r\n", start) - start);
  const std::string joined = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3
  std::array<guint8, 20> digest{};
  gsize size = digest.size();
  GChecksum* sum = g_checksum_new(G_CHECKSUM_SHA1);
  g_checksum_update(sum, reinterpret_cast<const guchar*>(joined.data()),
                    static_cast<gssize>(joined.size()));
  g_checksum_get_digest(sum, digest.data(), &size);
  g_checksum_free(sum);
  const Owned<char> answer(g_base64_encode(digest.data(), digest.size()));
  return std::string("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n") +
         "Connection: Upgrade\r\nSec-WebSocket-Protocol: sip\r\nSec-WebSocket-Accept: " +
         answer.get() + "\r\n\r\n";
}

}  // namespace rc::sip
