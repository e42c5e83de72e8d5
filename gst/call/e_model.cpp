// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/e_model.h"

#include <algorithm>
#include <cmath>

namespace rc::call {
namespace {

constexpr double kBestR = 93.2;
constexpr double kIe = 0, kBpl = 25.1;

double delay_impairment(double ms) {
  if (ms <= 100) return 0;
  const double x = std::log2(ms / 100);
  const auto root = [](double of) { return std::pow(1 + std::pow(of, 6), 1.0 / 6); };
  return 25 * (root(x) - 3 * root(x / 3) + 2);
}

double loss_impairment(double percent) { return kIe + (95 - kIe) * percent / (percent + kBpl); }

}  // namespace

VoiceQuality estimate_quality(double loss, std::chrono::nanoseconds delay) {
  const double percent = std::clamp(loss, 0.0, 1.0) * 100;
  const double ms = std::chrono::duration<double, std::milli>(delay).count();
  const double r = std::clamp(kBestR - delay_impairment(ms) - loss_impairment(percent), 0.0, 100.0);
  return {r, mos_of_r(r)};
}

// The polynomial falls below 1 for R under 6.5.
double mos_of_r(double r) {
  if (r <= 0) return 1;
  if (r >= 100) return 4.5;
  return std::max(1.0, 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6);
}

}  // namespace rc::call
