// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_handshake.h"

#include <glib.h>

#include <array>
#include <utility>

#include "core/random.h"
#include "core/ref.h"
#include "core/text.h"

namespace rc::sip {
namespace {

constexpr std::string_view kEnd = "\r\n\r\n";
constexpr std::string_view kSubProtocol = "sip";
constexpr const char* kGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";  // RFC 6455 1.3

Error no_answer(const std::string& why) {
  return {Errc::kProtocol, "the answer of the SIP proxy is no WebSocket handshake: " + why};
}

std::string accept_of(const std::string& key) {
  const std::string joined = key + kGuid;
  std::array<guint8, 20> digest{};
  gsize size = digest.size();
  GChecksum* sum = g_checksum_new(G_CHECKSUM_SHA1);
  g_checksum_update(sum, reinterpret_cast<const guchar*>(joined.data()),
                    static_cast<gssize>(joined.size()));
  g_checksum_get_digest(sum, digest.data(), &size);
  g_checksum_free(sum);
  const Owned<char> text(g_base64_encode(digest.data(), size));
  return text.get();
}

// The status of "HTTP/1.1 101 Switching Protocols". HTTP/1.0 can refuse, but not upgrade.
std::optional<int> status_of(std::string_view line) {
  constexpr std::string_view kVersion = "HTTP/1.1 ";
  const bool old =
      line.starts_with("HTTP/1.0 ") && !line.substr(kVersion.size()).starts_with("101");
  if (!old && !line.starts_with(kVersion)) return std::nullopt;
  if (line.size() < kVersion.size() + 3) return std::nullopt;
  const auto status = parse_number(line.substr(kVersion.size(), 3), 599);
  const bool ends = line.size() == kVersion.size() + 3 || line[kVersion.size() + 3] == ' ';
  if (!status || *status < 100 || !ends) return std::nullopt;
  return static_cast<int>(*status);
}

std::string_view take_line(std::string_view& text) {
  const size_t end = text.find("\r\n");
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
  return line;
}

bool has_token(std::string_view list, std::string_view token) {
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    if (equals_ignore_case(trim(list.substr(0, comma)), token)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

// The headers that count, each at most once; a second one makes the answer ambiguous.
struct Headers {
  std::optional<std::string_view> upgrade, connection, accept, protocol, extensions;

  std::optional<std::string_view>* find(std::string_view name) {
    if (equals_ignore_case(name, "Upgrade")) return &upgrade;
    if (equals_ignore_case(name, "Connection")) return &connection;
    if (equals_ignore_case(name, "Sec-WebSocket-Accept")) return &accept;
    if (equals_ignore_case(name, "Sec-WebSocket-Protocol")) return &protocol;
    if (equals_ignore_case(name, "Sec-WebSocket-Extensions")) return &extensions;
    return nullptr;
  }
};

Result<Headers> read_headers(std::string_view text) {
  Headers headers;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    const size_t colon = line.find(':');
    if (colon == 0 || colon == std::string_view::npos || line[0] == ' ' || line[0] == '\t')
      return no_answer("a header line is broken");
    auto* place = headers.find(line.substr(0, colon));
    if (place == nullptr) continue;
    if (place->has_value()) return no_answer("a header stands there twice");
    *place = trim(line.substr(colon + 1));
  }
  return headers;
}

}  // namespace

WsHandshake::WsHandshake(std::string host, std::string user_agent, std::string key)
    : host_(std::move(host)), user_agent_(std::move(user_agent)), key_(std::move(key)) {}

std::string WsHandshake::random_key() {
  std::array<guchar, 16> bytes{};
  for (auto& byte : bytes) byte = static_cast<guchar>(random_number(256));
  const Owned<char> text(g_base64_encode(bytes.data(), bytes.size()));
  return text.get();
}

std::string WsHandshake::request() const {
  return "GET / HTTP/1.1\r\nHost: " + host_ +
         "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: " + key_ +
         "\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: " + std::string(kSubProtocol) +
         "\r\nUser-Agent: " + user_agent_ + "\r\n\r\n";
}

Result<std::optional<size_t>> WsHandshake::check(std::string_view answer) const {
  const size_t end = answer.substr(0, kMaxAnswerBytes).find(kEnd);
  if (end == std::string_view::npos) {
    if (answer.size() >= kMaxAnswerBytes) return no_answer("it is too long");
    return std::optional<size_t>();
  }
  if (const auto good = check_head(answer.substr(0, end + 2)); !good.ok()) return good.error();
  return std::optional(end + kEnd.size());
}

Result<void> WsHandshake::check_head(std::string_view head) const {
  const auto status = status_of(take_line(head));
  if (!status) return no_answer("it is no HTTP/1.1");
  if (*status != 101)
    return Error{Errc::kRejected,
                 "the SIP proxy refused the WebSocket, HTTP status " + std::to_string(*status)};
  const auto read = read_headers(head);
  if (!read.ok()) return read.error();
  const Headers& headers = read.value();
  if (!equals_ignore_case(headers.upgrade.value_or(""), "websocket") ||
      !has_token(headers.connection.value_or(""), "Upgrade"))
    return no_answer("it upgrades to something else");
  if (headers.accept.value_or("") != accept_of(key_)) return no_answer("it is not to our key");
  // We offer none. Compression above all would make any limit of size meaningless.
  if (headers.extensions) return no_answer("it selects an extension that was not offered");
  if (!equals_ignore_case(headers.protocol.value_or(""), kSubProtocol))
    return Error{Errc::kRejected, "the proxy does not speak SIP over WebSocket"};
  return {};
}

}  // namespace rc::sip
