// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One second of a steady, voice-like sound, encoded once: what every far end says, over and over.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct Voice {
  std::vector<std::vector<std::uint8_t>> payloads;  // 20 ms each
  int payload_type = 0;
  std::uint32_t clock_rate = 8000;
  std::string rtpmap;

  std::uint32_t step() const { return clock_rate / 50; }  // of the timestamp
};

// codec: "opus" (32 kbit/s with FEC for 10 % of loss, as the product sends it) or "pcmu".
Voice make_voice(const std::string& codec);

// 20 ms of the same sound at `rate`; `block` counts them.
std::vector<std::int16_t> make_block(int rate, int block);

std::uint8_t mulaw(std::int16_t sample);  // ITU-T G.711

}  // namespace bench
