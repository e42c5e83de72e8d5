// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_frame.h"

#include <glib.h>

#include <algorithm>
#include <utility>

namespace rc::sip {
namespace {

constexpr uint8_t kFinal = 0x80, kReserved = 0x70, kOpcode = 0x0F;
constexpr uint8_t kMasked = 0x80, kLength = 0x7F;
constexpr size_t kMaxControl = 125;
constexpr int kMaxFragments = 1024;  // empty ones would never reach the limit of bytes

uint8_t byte(char c) { return static_cast<uint8_t>(c); }

bool is_control(WsOpcode opcode) { return static_cast<uint8_t>(opcode) >= 0x8; }

bool is_known(uint8_t opcode) { return opcode <= 0x2 || (opcode >= 0x8 && opcode <= 0xA); }

// NUL is a character of UTF-8, which GLib's own check does not take.
bool is_utf8(std::string_view text) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\0'), text.size());
    if (g_utf8_validate(text.data(), static_cast<gssize>(end), nullptr) == FALSE) return false;
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return true;
}

// RFC 6455 7.4: those that may stand in a frame.
bool is_close_code(int code) {
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) ||
         (code >= 3000 && code <= 4999);
}

bool is_close_payload(std::string_view payload) {
  if (payload.empty()) return true;
  if (payload.size() < 2) return false;
  return is_close_code(byte(payload[0]) << 8 | byte(payload[1])) && is_utf8(payload.substr(2));
}

}  // namespace

void WsFrameReader::append(std::string_view bytes) {
  input_.erase(0, std::exchange(position_, 0));
  input_.append(bytes);
}

Result<std::optional<WsEvent>> WsFrameReader::next() {
  while (!fault_) {
    if (!frame_) {
      const auto complete = read_header();
      if (!complete.ok()) return complete.error();
      if (!complete.value()) return std::optional<WsEvent>();
    }
    read_payload();
    if (frame_->left > 0) return std::optional<WsEvent>();
    auto event = finish_frame();
    if (!event.ok() || event.value()) return event;
  }
  return *fault_;
}

Result<bool> WsFrameReader::read_header() {
  const std::string_view rest = std::string_view(input_).substr(position_);
  if (rest.size() < 2) return false;
  const uint8_t first = byte(rest[0]), second = byte(rest[1]);
  if ((first & kReserved) != 0) return fail("reserved bits are set");
  if (!is_known(first & kOpcode)) return fail("unknown opcode");
  if ((second & kMasked) != 0) return fail("a server's frame is masked");
  Header header{(first & kFinal) != 0, static_cast<WsOpcode>(first & kOpcode),
                static_cast<uint64_t>(second & kLength)};
  const size_t more = header.left == 126 ? 2 : header.left == 127 ? 8 : 0;
  if (rest.size() < 2 + more) return false;
  if (more > 0) header.left = 0;
  for (size_t i = 0; i < more; ++i) header.left = header.left << 8 | byte(rest[2 + i]);
  if ((more == 2 && header.left < 126) || (more == 8 && header.left <= 0xFFFF))
    return fail("a length is not in its shortest form");
  if (const auto good = check(header); !good.ok()) return fail(good.error().message.c_str());
  position_ += 2 + more;
  frame_ = header;
  return true;
}

// All that a header alone can be judged by: nothing is kept of a frame that is refused.
Result<void> WsFrameReader::check(const Header& header) const {
  const auto broken = [](const char* why) { return Error{Errc::kProtocol, why}; };
  if (is_control(header.opcode)) {
    if (!header.final) return broken("a control frame is fragmented");
    if (header.left > kMaxControl) return broken("a control frame is too long");
    return {};
  }
  const bool continues = header.opcode == WsOpcode::kContinuation;
  if (continues != message_opcode_.has_value())
    return broken(continues ? "a continuation of nothing" : "a message inside another one");
  if (header.left > max_message_ - message_.size() || fragments_ >= kMaxFragments)
    return broken("a message is too large");
  return {};
}

void WsFrameReader::read_payload() {
  const size_t size =
      static_cast<size_t>(std::min<uint64_t>(frame_->left, input_.size() - position_));
  std::string& into = is_control(frame_->opcode) ? control_ : message_;
  into.append(input_, position_, size);
  position_ += size;
  frame_->left -= size;
}

Result<std::optional<WsEvent>> WsFrameReader::finish_frame() {
  const Header frame = *std::exchange(frame_, std::nullopt);
  if (is_control(frame.opcode)) {
    WsEvent event{frame.opcode, std::exchange(control_, {})};
    if (event.opcode == WsOpcode::kClose && !is_close_payload(event.payload))
      return fail("a close frame makes no sense");
    return std::optional(std::move(event));
  }
  if (frame.opcode != WsOpcode::kContinuation) message_opcode_ = frame.opcode;
  ++fragments_;
  if (!frame.final) return std::optional<WsEvent>();
  WsEvent event{*std::exchange(message_opcode_, std::nullopt), std::exchange(message_, {})};
  fragments_ = 0;
  if (event.opcode == WsOpcode::kText && !is_utf8(event.payload))
    return fail("a text is not UTF-8");
  return std::optional(std::move(event));
}

Error WsFrameReader::fail(const char* why) {
  fault_ =
      Error{Errc::kProtocol, std::string("the SIP proxy broke the WebSocket protocol: ") + why};
  return *fault_;
}

std::string ws_client_frame(WsOpcode opcode, std::string_view payload,
                            const std::array<uint8_t, 4>& mask) {
  std::string frame(1, static_cast<char>(kFinal | static_cast<uint8_t>(opcode)));
  const size_t size = payload.size();
  const int bytes = size <= kMaxControl ? 0 : size <= 0xFFFF ? 2 : 8;
  const size_t marker = bytes == 0 ? size : bytes == 2 ? 126 : 127;
  frame += static_cast<char>(kMasked | marker);
  for (int i = bytes - 1; i >= 0; --i) frame += static_cast<char>(size >> (8 * i) & 0xFF);
  for (const uint8_t part : mask) frame += static_cast<char>(part);
  for (size_t i = 0; i < size; ++i) frame += static_cast<char>(byte(payload[i]) ^ mask[i % 4]);
  return frame;
}

}  // namespace rc::sip
