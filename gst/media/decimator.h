// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "call/media_session.h"

namespace rc::media {

// From call::kSendRate to the 8 kHz of G.711, 2 ms later: a low-pass of 192 taps, flat to 3.4
// kHz, 70 dB down from 4.5 kHz on. In place of audioresample, which holds 16 ms back and lets go of
// them, with timestamps of before, when its input comes again after a pause (1.22). One thread at a
// time.
class Decimator {
 public:
  static constexpr std::size_t kFactor = call::kSendRate / 8000;

  Decimator();

  // in: kFactor samples for each of out.
  void process(std::span<const std::int16_t> in, std::span<std::int16_t> out);

 private:
  static constexpr std::size_t kTaps = 32 * kFactor;
  static constexpr std::size_t kMostIn = call::kSendRate / 50;  // 20 ms at a time

  std::array<float, kTaps> weights_;
  std::array<float, kTaps + kMostIn> samples_{};  // what was before, then the input
};

}  // namespace rc::media
