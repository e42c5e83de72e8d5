// SPDX-License-Identifier: LGPL-2.1-or-later
// The numbers of a call: when they are told, and what they are of.
#include "line_fixture.h"

namespace rc::call {
namespace {

class CallStatsTest : public LineTest {
 protected:
  explicit CallStatsTest(const Change& change = {}) : LineTest(change) {}
  void connect_at(std::chrono::milliseconds answer, std::chrono::milliseconds connect) {
    invited_at_ = clock_.now();
    const sip::Message call = invite();
    clock_.advance(answer);
    this->answer(last().id);
    ack(call);
    clock_.advance(connect - answer);
    media_.last().connect();
  }
  std::chrono::nanoseconds invited_at_{};
};

class CallStatsRinging : public CallStatsTest {
 protected:
  CallStatsRinging()
      : CallStatsTest([](LineOptions& options) { options.answer = AnswerPolicy::kRing; }) {}
};

class CallStatsAtTheEndOnly : public CallStatsTest {
 protected:
  CallStatsAtTheEndOnly()
      : CallStatsTest([](LineOptions& options) { options.stats_interval = 0ms; }) {}
};

TEST_F(CallStatsTest, AreToldEachIntervalWhileConnected) {
  add_seat("a");
  const sip::Message call = invite();
  ack(call);
  clock_.advance(20s);
  EXPECT_EQ(counted_.size(), 0U);
  media_.last().connect();
  clock_.advance(16s);
  EXPECT_EQ(counted_.size(), 3U);
  EXPECT_FALSE(counted_.back().final);
  request_of(call, "BYE");
  clock_.advance(20s);
  EXPECT_EQ(counted_.size(), 4U);
  EXPECT_TRUE(counted_.back().final);
}

TEST_F(CallStatsTest, TheSeatHearsOfTheLastOnesBeforeTheEnd) {
  const auto seat = add_seat("a");
  const sip::Message call = connected_inbound();
  seat->take();
  seat->tells_stats = true;
  clock_.advance(6s);
  request_of(call, "BYE");
  EXPECT_EQ(seat->take(), "stats\nlast stats\nended\n");
}

TEST_F(CallStatsAtTheEndOnly, AreToldOnceWithIntervalZero) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  clock_.advance(20s);
  EXPECT_EQ(counted_.size(), 0U);
  request_of(call, "BYE");
  EXPECT_EQ(counted_.size(), 1U);
}

TEST_F(CallStatsRinging, ThereAreNoneOfACallThatNobodyAnswered) {
  const sip::Message call = invite();
  clock_.advance(20s);
  cancel(call);
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(counted_.size(), 0U);
}

TEST_F(CallStatsRinging, SetUpTimesAreSinceTheInvite) {
  clock_.advance(7s);
  connect_at(1500ms, 1700ms);
  media_.stats.first_audio_at =
      std::chrono::duration_cast<std::chrono::microseconds>(invited_at_ + 1800ms);
  clock_.advance(3300ms);
  hang_up(last().id);
  const CallStats& last = counted_.back();
  EXPECT_EQ(last.until_answered, 1500ms);
  EXPECT_EQ(last.until_connected, 1700ms);
  EXPECT_EQ(last.until_audio, 1800ms);
  EXPECT_EQ(last.talked, 3500ms);
  EXPECT_EQ(last.at, clock_.wall());
}

TEST_F(CallStatsTest, WhatTheSeatHeardInCallsBeforeDoesNotCount) {
  const auto seat = add_seat("a");
  Heard& heard = seat->receiver->heard_so_far;
  heard = {60s, 3s, 5s, 120ms};
  const sip::Message call = connected_inbound();
  heard.silence += 1s;  // until the far end is heard
  clock_.advance(5s);
  EXPECT_EQ(counted_.back().heard.played, 0s);
  media_.last().hear();
  heard = {69s, 4s, 6500ms, 120ms};
  request_of(call, "BYE");
  EXPECT_EQ(counted_.back().heard.played, 9s);
  EXPECT_EQ(counted_.back().heard.concealed, 1s);
  EXPECT_EQ(counted_.back().heard.silence, 500ms);
  EXPECT_DOUBLE_EQ(counted_.back().concealed(), 0.1);
}

TEST(CallStatsQuality, IsOfTheWorseOfLossAndConcealmentAndOfTheWholeDelay) {
  CallStats stats;
  EXPECT_DOUBLE_EQ(quality_of(stats).r, 93.2);
  stats.media.packets_received = 95;
  stats.media.packets_lost = 5;
  EXPECT_DOUBLE_EQ(stats.loss(), 0.05);
  EXPECT_DOUBLE_EQ(quality_of(stats).r, estimate_quality(0.05, 0ms).r);
  stats.heard.played = 80s;
  stats.heard.concealed = 20s;
  EXPECT_DOUBLE_EQ(quality_of(stats).r, estimate_quality(0.2, 0ms).r);
  stats.heard.latency = 120ms;
  stats.media.round_trip_ms = 300;
  EXPECT_DOUBLE_EQ(quality_of(stats).r, estimate_quality(0.2, 290ms).r);
}

}  // namespace
}  // namespace rc::call
