// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/playout_controller.h"

#include <algorithm>
#include <cmath>

namespace rc::media {
namespace {

constexpr double kStartPeriod = 3.0;
constexpr double kStartLimit = 800e-6;
constexpr double kLimit = 500e-6;
constexpr double kStartSmoothing = 0.5;  // time constant, s
constexpr double kSmoothing = 2.0;
constexpr double kRecentSmoothing = 0.3;
// With the smoothing pole at 0.5/s this gain damps the loop slightly over critical (1.1).
constexpr double kGain = 0.1;  // 1/s
// Less is not worth an interpolation: without drift the samples pass unchanged.
constexpr double kDeadBand = 1e-3;

}  // namespace

void PlayoutController::restart() {
  clear_error();
  age_ = 0;
}

void PlayoutController::clear_error() { error_ = recent_ = 0; }

void PlayoutController::moved(double seconds) {
  error_ -= seconds;
  recent_ -= seconds;
}

void PlayoutController::observe(double error, double length) {
  const double smoothing = starting() ? kStartSmoothing : kSmoothing;
  error_ += (error - error_) * length / (smoothing + length);
  recent_ += (error - recent_) * length / (kRecentSmoothing + length);
  age_ += length;
}

bool PlayoutController::starting() const { return age_ < kStartPeriod; }

double PlayoutController::correction() const {
  const double excess = std::max(std::abs(error_) - kDeadBand, 0.0);
  const double limit = starting() ? kStartLimit : kLimit;
  const double size = std::min(excess * kGain, limit);
  return error_ > 0 ? -size : size;
}

}  // namespace rc::media
