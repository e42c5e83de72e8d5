// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_counter.h"

#include <gtest/gtest.h>

namespace rc::media::test {
namespace {

using namespace std::chrono_literals;

// Packets of 20 ms of Opus; the test says which come and when.
class RtpCounterTest : public ::testing::Test {
 protected:
  void come(uint16_t from, uint16_t to) {
    for (uint16_t sequence = from;; ++sequence) {
      send(sequence);
      if (sequence == to) return;
    }
  }
  void send(uint16_t sequence, std::chrono::microseconds late = 0us, bool audio = true) {
    now += 20ms;
    counter.count({ssrc, timestamp += 960, sequence, audio, now + late});
  }

  RtpCounter counter;
  uint32_t ssrc = 1, timestamp = 1000;
  std::chrono::microseconds now{};
};

TEST_F(RtpCounterTest, LosesNothingWhenAllComes) {
  EXPECT_EQ(counter.lost(), 0U);
  come(100, 1100);
  EXPECT_EQ(counter.lost(), 0U);
}

TEST_F(RtpCounterTest, CountsWhatIsMissingBetween) {
  come(1, 10);
  come(14, 20);
  EXPECT_EQ(counter.lost(), 3U);
}

TEST_F(RtpCounterTest, WrapsAround) {
  come(65000, 65530);
  come(4, 900);  // without 65531 .. 3
  EXPECT_EQ(counter.lost(), 9U);
}

TEST_F(RtpCounterTest, WhatComesLateIsNotLost) {
  come(1, 5);
  send(7);
  EXPECT_EQ(counter.lost(), 1U);
  send(6);
  EXPECT_EQ(counter.lost(), 0U);
}

TEST_F(RtpCounterTest, ThePacketBeforeTheFirstMayComeAfterIt) {
  send(0);
  send(65535);
  come(1, 5);
  EXPECT_EQ(counter.lost(), 0U);
  send(7);
  EXPECT_EQ(counter.lost(), 1U);
}

TEST_F(RtpCounterTest, ACopyMakesNoLossGood) {
  come(1, 5);
  send(5);
  EXPECT_EQ(counter.lost(), 0U);  // never below
}

TEST_F(RtpCounterTest, KeepsTheCountOverAnotherSsrc) {
  come(1, 5);
  send(8);
  ssrc = 2;
  come(40000, 40010);
  EXPECT_EQ(counter.lost(), 2U);
  send(40012);
  EXPECT_EQ(counter.lost(), 3U);
}

TEST_F(RtpCounterTest, ALongJumpIsAnotherBeginning) {
  come(1, 5);
  come(20000, 20010);
  EXPECT_EQ(counter.lost(), 0U);
}

TEST_F(RtpCounterTest, EvenPacketsHaveNoJitter) {
  come(1, 100);
  EXPECT_LT(counter.jitter_ms(), 0.001);
}

TEST_F(RtpCounterTest, ATimestampThatWrapsIsNoJitter) {
  timestamp = 0xffffffff - 10 * 960;
  come(1, 100);
  EXPECT_LT(counter.jitter_ms(), 0.001);
}

// RFC 3550 6.4.1: the mean deviation of the difference in spacing, smoothed over 16. Every other
// packet 5 ms late: each difference is 5 ms.
TEST_F(RtpCounterTest, JitterIsTheMeanDifferenceOfTransitTimes) {
  for (uint16_t n = 0; n < 200; ++n) send(n, n % 2 == 0 ? 0us : 5000us);
  EXPECT_NEAR(counter.jitter_ms(), 5, 0.01);
}

TEST_F(RtpCounterTest, FollowsTheFirstStepBySixteenths) {
  send(1);
  send(2, 16000us);
  EXPECT_NEAR(counter.jitter_ms(), 1, 1e-9);
}

TEST_F(RtpCounterTest, EventsAreNoJitter) {
  come(1, 10);
  for (uint16_t n = 11; n < 20; ++n) {
    timestamp -= 960;  // an event keeps its timestamp
    send(n, 0us, false);
  }
  EXPECT_LT(counter.jitter_ms(), 0.001);
  EXPECT_EQ(counter.lost(), 0U);
}

}  // namespace
}  // namespace rc::media::test
