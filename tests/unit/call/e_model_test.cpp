// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/e_model.h"

#include <gtest/gtest.h>

namespace rc::call {
namespace {

using namespace std::chrono_literals;

// G.107 table B.1: the lower limits of "very satisfied" down to "nearly all users dissatisfied";
// its 4.03 is 4.024 by its own formula.
TEST(EModel, MapsRToMosAsTheStandardsTable) {
  EXPECT_NEAR(mos_of_r(90), 4.34, 0.005);
  EXPECT_NEAR(mos_of_r(80), 4.03, 0.0065);
  EXPECT_NEAR(mos_of_r(70), 3.60, 0.005);
  EXPECT_NEAR(mos_of_r(60), 3.10, 0.005);
  EXPECT_NEAR(mos_of_r(50), 2.58, 0.005);
}

// G.107 7.7: all defaults are R = 93.2; MOS 4.41 by Annex B.
TEST(EModel, ACleanCallHasTheStandardsDefault) {
  const VoiceQuality best = estimate_quality(0, 0ms);
  EXPECT_DOUBLE_EQ(best.r, 93.2);
  EXPECT_NEAR(best.mos, 4.41, 0.005);
}

TEST(EModel, StaysWithinTheScale) {
  EXPECT_EQ(mos_of_r(-10), 1);
  EXPECT_EQ(mos_of_r(3), 1);  // the polynomial says 0.98
  EXPECT_EQ(mos_of_r(100), 4.5);
  EXPECT_EQ(mos_of_r(120), 4.5);
  const VoiceQuality worst = estimate_quality(7, 1h);
  EXPECT_GE(worst.r, 0);
  EXPECT_GE(worst.mos, 1);
}

TEST(EModel, ADelayUpTo100MsCostsNothing) { EXPECT_DOUBLE_EQ(estimate_quality(0, 100ms).r, 93.2); }

// By hand from the formula: X = 1 and X = 2.
TEST(EModel, ALongDelayCosts) {
  EXPECT_NEAR(93.2 - estimate_quality(0, 200ms).r, 3.04, 0.01);
  EXPECT_NEAR(93.2 - estimate_quality(0, 400ms).r, 24.07, 0.01);
}

// Ppl = Bpl halves what is left: 95 / 2.
TEST(EModel, LossCostsByRobustnessOfG711WithConcealment) {
  EXPECT_NEAR(93.2 - estimate_quality(0.251, 0ms).r, 47.5, 0.01);
  EXPECT_NEAR(93.2 - estimate_quality(0.01, 0ms).r, 3.64, 0.01);
  EXPECT_NEAR(93.2 - estimate_quality(0.05, 0ms).r, 15.78, 0.01);
}

}  // namespace
}  // namespace rc::call
