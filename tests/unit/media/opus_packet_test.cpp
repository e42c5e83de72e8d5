// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/opus_packet.h"

#include <gtest/gtest.h>

#include <vector>

namespace rc::media::test {
namespace {

using Bytes = std::vector<uint8_t>;

// `head` and so many bytes of frames behind it.
Bytes packet(Bytes head, size_t more) {
  head.resize(head.size() + more, 0x55);
  return head;
}

// First bytes: 20 ms of CELT and of SILK, 2.5 ms of CELT, by RFC 6716 table 2; the last two bits
// say how frames are packed.
constexpr uint8_t kCelt20 = 31 << 3, kSilk60 = 3 << 3, kCelt2 = 28 << 3;

struct Case {
  const char* what;
  Bytes bytes;
};

TEST(OpusPacket, TakesWhatRfc6716Allows) {
  const Case all[] = {
      {"one frame", packet({kCelt20}, 80)},
      {"DTX: a frame of nothing", {kCelt20}},
      {"the longest frame", packet({kCelt20}, 1275)},
      {"two equal ones", packet({kCelt20 | 1}, 160)},
      {"two, the first of 10", packet({kCelt20 | 2, 10}, 70)},
      {"two, the first of 252 + 4", packet({kCelt20 | 2, 252, 1}, 256)},
      {"six of 20 ms", packet({kCelt20 | 3, 6}, 60)},
      {"48 of 2.5 ms", packet({kCelt2 | 3, 48}, 48)},
      {"two of 60 ms", packet({kSilk60 | 3, 2}, 20)},
      {"three, each with its length", packet({kCelt20 | 3, 0x80 | 3, 1, 2}, 5)},
      {"padding", packet({kCelt20 | 3, 0x40 | 1, 10}, 30)},
      {"padding of 254 + 3", packet({kCelt20 | 3, 0x40 | 1, 255, 3}, 257)},
  };
  for (const Case& it : all) EXPECT_TRUE(is_opus_packet(it.bytes)) << it.what;
}

TEST(OpusPacket, RefusesWhatItForbids) {
  const Case all[] = {
      {"R1: nothing", {}},
      {"R2: a frame over 1275 bytes", packet({kCelt20}, 1276)},
      {"R3: two equal ones of odd length", packet({kCelt20 | 1}, 161)},
      {"R4: no length", {kCelt20 | 2}},
      {"R4: half a length", {kCelt20 | 2, 252}},
      {"R4: a frame beyond the end", packet({kCelt20 | 2, 71}, 70)},
      {"R4: a second frame over 1275 bytes", packet({kCelt20 | 2, 1}, 1277)},
      {"R5: no count", {kCelt20 | 3}},
      {"R5: no frames", packet({kCelt20 | 3, 0}, 10)},
      {"R5: 140 ms", packet({kCelt20 | 3, 7}, 70)},
      {"R5: 48 of 60 ms", packet({kSilk60 | 3, 48}, 48)},
      {"R5: 49 of 2.5 ms", packet({kCelt2 | 3, 49}, 49)},
      {"R6: frames that are not equal", packet({kCelt20 | 3, 3}, 10)},
      {"R6: no padding count", {kCelt20 | 3, 0x40 | 1}},
      {"R6: padding beyond the end", packet({kCelt20 | 3, 0x40 | 1, 31}, 30)},
      {"R6: padding that never ends", {kCelt20 | 3, 0x40 | 1, 255, 255, 255}},
      {"R7: a length is missing", {kCelt20 | 3, 0x80 | 3, 1}},
      {"R7: frames beyond the end", packet({kCelt20 | 3, 0x80 | 3, 3, 3}, 5)},
  };
  for (const Case& it : all) EXPECT_FALSE(is_opus_packet(it.bytes)) << it.what;
}

}  // namespace
}  // namespace rc::media::test
