// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::sip {

enum class WsOpcode : uint8_t {
  kContinuation = 0x0,
  kText = 0x1,
  kBinary = 0x2,
  kClose = 0x8,
  kPing = 0x9,
  kPong = 0xA,
};

// A whole message (kText or kBinary) or a control frame.
struct WsEvent {
  WsOpcode opcode = WsOpcode::kText;
  std::string payload;
};

// What a server sends on a WebSocket without extensions (RFC 6455 5), taken in pieces of any size.
// Pure: no socket, no time. Holds at most `max_message` bytes of a message, whatever its fragments
// or lengths claim, and what append() was given.
class WsFrameReader {
 public:
  explicit WsFrameReader(size_t max_message) : max_message_(max_message) {}

  void append(std::string_view bytes);
  // The next event; none: more bytes are needed. An error (kProtocol) is the end: the connection is
  // to be closed, and nothing more is read.
  Result<std::optional<WsEvent>> next();

 private:
  struct Header {
    bool final = false;
    WsOpcode opcode = WsOpcode::kText;
    uint64_t left = 0;  // of the payload, to be read
  };

  Result<bool> read_header();  // false: more bytes are needed
  Result<void> check(const Header& header) const;
  void read_payload();
  Result<std::optional<WsEvent>> finish_frame();
  Error fail(const char* why);

  const size_t max_message_;
  std::string input_;  // not used yet, from position_ on
  size_t position_ = 0;
  std::optional<Header> frame_;  // under way
  std::string control_;          // payload of a control frame
  std::string message_;          // fragments so far
  std::optional<WsOpcode> message_opcode_;
  int fragments_ = 0;
  std::optional<Error> fault_;
};

// One unfragmented frame of a client. `mask` must be unpredictable for each (10.3).
std::string ws_client_frame(WsOpcode opcode, std::string_view payload,
                            const std::array<uint8_t, 4>& mask);

}  // namespace rc::sip
