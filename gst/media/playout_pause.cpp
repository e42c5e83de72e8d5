// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/playout_pause.h"

#include <algorithm>
#include <cmath>

namespace rc::media {
namespace {

constexpr double kSilence = 30;       // RMS of S16, -61 dBFS: quiet whatever went before
constexpr double kLoudest = 600;      // -35 dBFS: never quiet
constexpr double kBelowLevel = 0.05;  // -26 dB
constexpr double kForgetPeriod = 10;  // s, time constant of the level's fall

double rms_of(std::span<const std::int16_t> samples) {
  double sum = 0;
  for (const std::int16_t sample : samples) sum += static_cast<double>(sample) * sample;
  return std::sqrt(sum / static_cast<double>(std::max<std::size_t>(samples.size(), 1)));
}

}  // namespace

bool PlayoutPause::observe(std::span<const std::int16_t> samples) {
  const double rms = rms_of(samples);
  const double length = static_cast<double>(samples.size()) / rate_;
  level_ = std::max(rms, level_ * std::exp(-length / kForgetPeriod));
  return rms < std::clamp(level_ * kBelowLevel, kSilence, kLoudest);
}

}  // namespace rc::media
