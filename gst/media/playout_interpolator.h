// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <span>

namespace rc::media {

// Reads between the samples: a Kaiser-windowed sinc of 32 taps, so that a tone stays pure
// (images below -80 dB) while its position glides.
class PlayoutInterpolator {
 public:
  static constexpr std::size_t kTaps = 32;
  static constexpr std::size_t kBefore = kTaps / 2 - 1;  // taps before the position

  PlayoutInterpolator();

  // window: the samples from position - kBefore on; fraction: 0 <= fraction < 1 behind position.
  float at(std::span<const float, kTaps> window, double fraction) const;

 private:
  static constexpr std::size_t kPhases = 256;  // the weights between two phases are interpolated
  using Weights = std::array<float, kTaps>;

  static Weights weights_for(double fraction);

  std::array<Weights, kPhases + 1> phases_;
};

}  // namespace rc::media
