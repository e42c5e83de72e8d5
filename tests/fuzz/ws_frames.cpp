// SPDX-License-Identifier: LGPL-2.1-or-later
// A server's WebSocket bytes, in pieces: however they are cut the same events come of them, and no
// message is over the limit. The head of an HTTP answer, too.
#include <algorithm>
#include <string>

#include "fuzz.h"
#include "sip/ws_frame.h"
#include "sip/ws_handshake.h"

namespace {

constexpr size_t kMax = 200;

std::string events(std::string_view bytes, size_t piece) {
  rc::sip::WsFrameReader reader(kMax);
  std::string out;
  while (!bytes.empty()) {
    reader.append(bytes.substr(0, piece));
    bytes.remove_prefix(std::min(piece, bytes.size()));
    while (true) {
      const auto event = reader.next();
      if (!event.ok()) return out + "error";
      if (!event.value()) break;
      fuzz::require(event.value()->payload.size() <= kMax, "the limit of a message holds");
      out += static_cast<char>(event.value()->opcode);
      out += std::to_string(event.value()->payload.size()) + event.value()->payload;
    }
  }
  return out;
}

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const size_t piece = size == 0 ? 1 : 1 + data[0] % 7U;
  fuzz::require(events(text, piece) == events(text, SIZE_MAX), "cuts do not matter");
  const auto head = rc::sip::WsHandshake("h:1", "test", "dGhlIHNhbXBsZSBub25jZQ==").check(text);
  if (head.ok() && head.value()) fuzz::require(*head.value() <= size, "the head is within");
  return 0;
}
