// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/opus_packet.h"

#include <array>
#include <cstddef>
#include <optional>

namespace rc::media {
namespace {

constexpr size_t kMaxFrame = 1275;      // bytes
constexpr unsigned kMaxDuration = 120;  // ms

using Bytes = std::span<const uint8_t>;

// In 1/2 ms, by the configuration in the first byte (RFC 6716 3.1).
unsigned frame_duration(uint8_t toc) {
  constexpr std::array<unsigned, 4> kSilk = {20, 40, 80, 120}, kCelt = {5, 10, 20, 40};
  const unsigned config = toc >> 3U;
  if (config < 12) return kSilk[config % 4];
  if (config < 16) return kSilk[config % 2];
  return kCelt[config % 4];
}

// One byte, or two from 252 on (3.2.1). Takes it off the front.
std::optional<size_t> take_length(Bytes& rest) {
  if (rest.empty()) return std::nullopt;
  const size_t first = rest[0];
  const size_t bytes = first < 252 ? 1 : 2;
  if (rest.size() < bytes) return std::nullopt;
  const size_t length = bytes == 1 ? first : first + size_t{4} * rest[1];
  rest = rest.subspan(bytes);
  return length;
}

// Takes the count of padding off the front and so many bytes off the end (3.2.5).
bool take_padding(Bytes& rest) {
  size_t padding = 0;
  for (bool more = true; more;) {
    if (rest.empty()) return false;
    more = rest[0] == 255;
    padding += more ? 254 : rest[0];
    rest = rest.subspan(1);
  }
  if (padding > rest.size()) return false;
  rest = rest.first(rest.size() - padding);
  return true;
}

bool is_equal_frames(Bytes rest, size_t count) {
  return rest.size() % count == 0 && rest.size() / count <= kMaxFrame;
}

// The lengths of all but the last come first.
bool is_frames(Bytes rest, size_t count) {
  size_t sum = 0;
  while (count-- > 1) {
    const auto length = take_length(rest);
    if (!length) return false;
    sum += *length;
  }
  return sum <= rest.size() && rest.size() - sum <= kMaxFrame;
}

bool is_any_frames(uint8_t toc, Bytes rest) {
  if (rest.empty()) return false;
  const uint8_t how = rest[0];
  const unsigned count = how & 0x3fU;
  rest = rest.subspan(1);
  if (count == 0 || count * frame_duration(toc) > 2 * kMaxDuration) return false;
  if ((how & 0x40U) != 0 && !take_padding(rest)) return false;
  return (how & 0x80U) != 0 ? is_frames(rest, count) : is_equal_frames(rest, count);
}

}  // namespace

bool is_opus_packet(Bytes packet) {
  if (packet.empty()) return false;
  const uint8_t toc = packet[0];
  const Bytes rest = packet.subspan(1);
  switch (toc & 3U) {
    case 0:
      return is_equal_frames(rest, 1);
    case 1:
      return is_equal_frames(rest, 2);
    case 2:
      return is_frames(rest, 2);
    default:
      return is_any_frames(toc, rest);
  }
}

}  // namespace rc::media
