// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/decimator.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

namespace rc::media {
namespace {

// What is left of a tone, in dB; asked for in blocks of 20 ms.
double gain(double frequency) {
  constexpr int kSeconds = 1, kSkip = 160;
  constexpr double kPeak = 16000;
  Decimator decimator;
  std::vector<std::int16_t> in(call::kSendRate * kSeconds), out(8000 * kSeconds);
  for (std::size_t i = 0; i < in.size(); ++i)
    in[i] = static_cast<std::int16_t>(kPeak * std::sin(2 * std::numbers::pi * frequency *
                                                       static_cast<double>(i) / call::kSendRate));
  for (std::size_t at = 0; at < out.size(); at += 160)
    decimator.process(std::span(in).subspan(at * Decimator::kFactor, 160 * Decimator::kFactor),
                      std::span(out).subspan(at, 160));
  double sum = 0;
  for (std::size_t i = kSkip; i < out.size(); ++i) sum += static_cast<double>(out[i]) * out[i];
  const double rms = std::sqrt(sum / static_cast<double>(out.size() - kSkip));
  return 20 * std::log10(std::max(rms, 1e-3) / (kPeak / std::numbers::sqrt2));
}

TEST(Decimator, LeavesWhatATelephoneCarries) {
  for (const double frequency : {100.0, 300.0, 1000.0, 2000.0, 3000.0, 3300.0})
    EXPECT_NEAR(gain(frequency), 0, 0.3) << frequency;
  EXPECT_GT(gain(3400), -1);
}

TEST(Decimator, TakesAwayWhatWouldFoldIntoIt) {
  for (const double frequency : {4500.0, 5000.0, 7000.0, 9000.0, 12000.0, 20000.0})
    EXPECT_LT(gain(frequency), -65) << frequency;
}

TEST(Decimator, TakesMoreThanABlockAtATime) {
  Decimator whole, parts;
  std::vector<std::int16_t> in(6 * 480), one(480), other(480);
  for (std::size_t i = 0; i < in.size(); ++i) in[i] = static_cast<std::int16_t>(i * 7919 % 20000);
  whole.process(in, one);
  for (std::size_t at = 0; at < 480; at += 160)
    parts.process(std::span(in).subspan(at * 6, 960), std::span(other).subspan(at, 160));
  EXPECT_EQ(one, other);
}

}  // namespace
}  // namespace rc::media
