// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/story.h"

#include <gtest/gtest.h>

namespace rc::call {
namespace {

using namespace std::chrono_literals;

CallInfo alice() {
  CallInfo info;
  info.id = "c-1";
  info.from_number = "+12025550166";
  info.from_name = "Alice";
  info.to_number = "+12025550101";
  info.codec = "OPUS";
  return info;
}

TEST(Story, TellsWhoCalls) {
  CallInfo info = alice();
  EXPECT_EQ(tell_ringing(info), "c-1 rings: +12025550166 \"Alice\" calls +12025550101");
  info.queue = "Sales";
  info.from_name = info.from_number = "";
  EXPECT_EQ(tell_ringing(info), "c-1 rings: somebody calls +12025550101 by the queue \"Sales\"");
}

TEST(Story, TellsHowLongTheBeginningTook) {
  CallInfo info = alice();
  EXPECT_EQ(tell_answered(info, 51ms), "c-1 answered by us after 0.051 s");
  EXPECT_EQ(tell_connected(info, 213ms), "c-1 connected after 0.213 s: OPUS");
  EXPECT_EQ(tell_first_audio(info, 250ms), "c-1 has first audio after 0.250 s");
  info.direction = Direction::kOutbound;
  EXPECT_EQ(tell_dialing(info), "c-1 dials +12025550101");
  EXPECT_EQ(tell_answered(info, 3s), "c-1 answered by them after 3.000 s");
}

TEST(Story, TellsOfAudioThatStaysAway) {
  CallInfo info = alice();
  info.media = MediaFlow::kStalled;
  info.media_gap = 1200ms;
  EXPECT_EQ(tell_flow(info), "c-1 audio stalled: nothing came for 1.200 s");
  info.media = MediaFlow::kFlowing;
  info.media_gap = 4s;
  EXPECT_EQ(tell_flow(info), "c-1 audio is back after 4.000 s");
}

TEST(Story, TellsWhoEndedItAndHowItWas) {
  CallInfo info = alice();
  info.ended_by = EndedBy::kThem;
  info.reason = "the caller gave up";
  EXPECT_EQ(tell_ended(info, {}), "c-1 ended by them unanswered: the caller gave up");
  info.status = 486;
  EXPECT_EQ(tell_ended(info, {}), "c-1 ended by them with 486 unanswered: the caller gave up");
  info.status = 0;
  info.answered_at += 1s;
  info.reason = "hung up";
  CallStats stats;
  stats.talked = 7s;
  stats.media.codec = "OPUS";
  stats.media.packets_received = 99;
  stats.media.packets_lost = 1;
  stats.media.jitter_ms = 1.25;
  stats.media.round_trip_ms = 40;
  stats.quality = quality_of(stats);
  EXPECT_EQ(tell_ended(info, stats),
            "c-1 ended by them after 7.000 s: hung up (OPUS, loss 1.0 %, concealed 0.0 %, jitter "
            "1.2 ms, round trip 40.0 ms, MOS 4.3)");
}

}  // namespace
}  // namespace rc::call
