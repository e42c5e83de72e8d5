// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/playout_interpolator.h"

#include <cmath>
#include <numbers>
#include <numeric>

namespace rc::media {
namespace {

constexpr double kKaiserBeta = 9.0;  // side lobes near -90 dB

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Modified Bessel function of the first kind, order 0, by its power series. (std::cyl_bessel_i is
// missing in libc++.)
double bessel_i0(double x) {
  double term = 1;
  double sum = 1;
  for (int k = 1; term > sum * 1e-12; ++k) {
    term *= (x / (2 * k)) * (x / (2 * k));
    sum += term;
  }
  return sum;
}

double kaiser(double x) {  // -1..1
  return bessel_i0(kKaiserBeta * std::sqrt(std::max(0.0, 1 - x * x))) / bessel_i0(kKaiserBeta);
}

}  // namespace

PlayoutInterpolator::PlayoutInterpolator() {
  for (std::size_t i = 0; i <= kPhases; ++i)
    phases_[i] = weights_for(static_cast<double>(i) / kPhases);
}

PlayoutInterpolator::Weights PlayoutInterpolator::weights_for(double fraction) {
  Weights weights{};
  for (std::size_t i = 0; i < kTaps; ++i) {
    const double x = static_cast<double>(i) - kBefore - fraction;
    weights[i] = static_cast<float>(sinc(x) * kaiser(x / (kTaps / 2)));
  }
  const float sum = std::accumulate(weights.begin(), weights.end(), 0.0f);
  for (float& weight : weights) weight /= sum;
  return weights;
}

float PlayoutInterpolator::at(std::span<const float, kTaps> window, double fraction) const {
  const double phase = fraction * kPhases;
  const auto index = static_cast<std::size_t>(phase);
  const auto blend = static_cast<float>(phase - static_cast<double>(index));
  const Weights& a = phases_[index];
  const Weights& b = phases_[index + 1];
  // One sum would make each addition wait for the one before it.
  constexpr std::size_t kSums = 8;
  std::array<float, kSums> sums{};
  for (std::size_t i = 0; i < kTaps; i += kSums) {
    for (std::size_t k = 0; k < kSums; ++k)
      sums[k] += window[i + k] * (a[i + k] + (b[i + k] - a[i + k]) * blend);
  }
  return std::accumulate(sums.begin(), sums.end(), 0.0f);
}

}  // namespace rc::media
