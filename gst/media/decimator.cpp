// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/decimator.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

namespace rc::media {
namespace {

constexpr double kCutOff = 3800.0 / call::kSendRate;

// Blackman's window, x from 0 to 1.
double window(double x) {
  const double turn = 2 * std::numbers::pi * x;
  return 0.42 - 0.5 * std::cos(turn) + 0.08 * std::cos(2 * turn);
}

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

}  // namespace

Decimator::Decimator() {
  constexpr double kMiddle = (kTaps - 1) / 2.0;
  for (std::size_t i = 0; i < kTaps; ++i) {
    const auto x = static_cast<double>(i);
    weights_[i] = static_cast<float>(sinc(2 * kCutOff * (x - kMiddle)) * window((x + 0.5) / kTaps));
  }
  const float sum = std::accumulate(weights_.begin(), weights_.end(), 0.0f);
  for (float& weight : weights_) weight /= sum;
}

void Decimator::process(std::span<const std::int16_t> in, std::span<std::int16_t> out) {
  while (!out.empty()) {
    const std::size_t count = std::min(out.size(), kMostIn / kFactor);
    const auto input = in.first(count * kFactor);
    std::copy(input.begin(), input.end(), samples_.begin() + kTaps);
    for (std::size_t i = 0; i < count; ++i) {
      // Several sums: one would make each addition wait for the one before it.
      constexpr std::size_t kSums = 8;
      std::array<float, kSums> sums{};
      const float* from = samples_.data() + (i + 1) * kFactor;
      for (std::size_t tap = 0; tap < kTaps; tap += kSums) {
        for (std::size_t k = 0; k < kSums; ++k) sums[k] += from[tap + k] * weights_[tap + k];
      }
      const float sum = std::accumulate(sums.begin(), sums.end(), 0.0f);
      out[i] = static_cast<std::int16_t>(std::lrint(std::clamp(sum, -32768.0f, 32767.0f)));
    }
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(input.size()), kTaps,
                samples_.begin());
    in = in.subspan(input.size());
    out = out.subspan(count);
  }
}

}  // namespace rc::media
