// SPDX-License-Identifier: LGPL-2.1-or-later
// The rules of the playout, one by one: placement, gaps, late and hostile blocks, cuts.
#include "media/playout.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "playout_rig.h"

namespace rc::media::testing {
namespace {

using namespace std::chrono_literals;

constexpr int kRate = 8000;
constexpr std::size_t kFrame = 160;

class PlayoutRules : public ::testing::Test {
 protected:
  // 20 ms of a constant at start + time.
  void push(Time time, std::int16_t value, bool concealed = false, bool new_stream = false) {
    const std::vector<std::int16_t> samples(kFrame, value);
    rig.push({.samples = samples,
              .time = rig.start() + time,
              .new_stream = new_stream,
              .concealed = concealed});
  }
  void push_run(Time from, int blocks, std::int16_t value) {
    for (int i = 0; i < blocks; ++i) push(from + i * 20ms, value);
  }
  void pull(int count) {
    for (int i = 0; i < count; ++i) last = rig.pull_once();
  }
  std::int16_t heard_at(Time time) {
    return rig.heard()[static_cast<std::size_t>(time.count() * kRate / 1'000'000'000)];
  }
  Playout::Statistics statistics() { return rig.playout().statistics(); }

  PlayoutRig rig{kRate};
  Playout::Pulled last;
};

TEST_F(PlayoutRules, IsFlaggedSilenceBeforeAnyAudio) {
  pull(1);
  EXPECT_TRUE(last.gap);
  EXPECT_EQ(last.filled, kFrame);
  EXPECT_EQ(statistics().gap, 0u);
}

TEST_F(PlayoutRules, PlacesTheFirstBlockByItsTime) {
  pull(1);
  push_run(70ms, 3, 1000);
  pull(8);
  EXPECT_EQ(heard_at(69ms), 0);
  EXPECT_EQ(heard_at(76ms), 1000);
  EXPECT_EQ(heard_at(129ms), 1000);
  EXPECT_EQ(heard_at(136ms), 0);
}

TEST_F(PlayoutRules, CountsSamplesInARunWhateverThePtsDoes) {
  pull(1);
  for (int i = 0; i < 5; ++i) push(40ms + i * 20ms + (i % 2) * 8ms, 1000);
  pull(8);
  EXPECT_EQ(statistics().gap, (8 - 5) * kFrame);
  EXPECT_EQ(statistics().played, 5 * kFrame);
}

TEST_F(PlayoutRules, PassesSamplesBitExactWithoutDrift) {
  std::vector<std::int16_t> said;
  pull(1);
  for (int i = 0; i < 50; ++i) {
    std::vector<std::int16_t> samples(kFrame);
    for (auto& sample : samples) sample = static_cast<std::int16_t>(rand() % 60000 - 30000);
    rig.push({.samples = samples, .time = rig.start() + 60ms + i * 20ms});
    said.insert(said.end(), samples.begin(), samples.end());
    pull(1);
  }
  pull(4);
  const auto first = rig.heard().begin() + 60 * kRate / 1000;
  EXPECT_TRUE(std::equal(said.begin() + 40, said.end(), first + 40));
}

TEST_F(PlayoutRules, KeepsTheTimeAcrossAGap) {
  pull(1);
  push_run(40ms, 3, 1000);
  push_run(400ms, 3, 2000);
  pull(25);
  EXPECT_EQ(heard_at(99ms), 1000);
  EXPECT_EQ(heard_at(150ms), 0);
  EXPECT_EQ(heard_at(399ms), 0);
  EXPECT_EQ(heard_at(406ms), 2000);
  EXPECT_EQ(heard_at(459ms), 2000);
  EXPECT_EQ(statistics().underruns, 0u);
}

TEST_F(PlayoutRules, BelievesTheSendersTimeThatNothingIsMissing) {
  const std::vector<std::int16_t> samples(kFrame, 1000);
  pull(1);
  for (int i = 0; i < 10; ++i) {
    rig.push({.samples = samples,
              .time = rig.start() + 40ms + i * 20ms + (i > 4 ? 60ms : 0ms),
              .sender_time = 7s + i * 20ms});
  }
  pull(14);
  EXPECT_EQ(heard_at(150ms), 1000);
  EXPECT_EQ(heard_at(239ms), 1000);
  EXPECT_EQ(heard_at(250ms), 0);
}

TEST_F(PlayoutRules, FlagsPullsThatAreAllGap) {
  push_run(0ms, 2, 1000);
  push_run(200ms, 2, 1000);
  pull(12);
  std::vector<bool> gaps;
  for (const auto& pulled : rig.pulls()) gaps.push_back(pulled.gap);
  const std::vector<bool> expected = {false, false, false, true, true,  true,
                                      true,  true,  true,  true, false, false};
  EXPECT_EQ(gaps, expected);  // the third holds the 5 ms in which the audio dies away
}

TEST_F(PlayoutRules, DropsAndCountsLateAudio) {
  pull(5);
  push(60ms, 1000);
  push(90ms, 2000);
  pull(1);
  EXPECT_EQ(last.late, kFrame + 80u);
  EXPECT_EQ(statistics().late, kFrame + 80u);
  EXPECT_EQ(statistics().underruns, 1u);
  EXPECT_EQ(heard_at(108ms), 2000);
  pull(1);
  EXPECT_EQ(last.late, 0u);
}

TEST_F(PlayoutRules, CatchesUpInPlaceAfterAStall) {
  pull(1);
  push_run(40ms, 5, 1000);
  pull(20);                   // 400 ms of the stall are over
  push_run(140ms, 20, 2000);  // the whole backlog at once
  pull(20);
  EXPECT_EQ(heard_at(430ms), 2000);
  EXPECT_EQ(heard_at(539ms), 2000);
  EXPECT_EQ(heard_at(550ms), 0);
  EXPECT_EQ(statistics().underruns, 1u);
}

TEST_F(PlayoutRules, NewStreamReplacesTheOldAtItsTime) {
  pull(1);
  push_run(40ms, 5, 1000);
  push(100ms, 2000, false, true);
  pull(10);
  EXPECT_EQ(heard_at(99ms), 1000);
  EXPECT_EQ(heard_at(106ms), 2000);
  EXPECT_EQ(heard_at(130ms), 0);
}

TEST_F(PlayoutRules, RealAudioReplacesConcealmentThatIsTooLong) {
  pull(1);
  push_run(40ms, 2, 1000);
  for (int i = 0; i < 6; ++i) push(80ms + i * 20ms, 500, true);  // opusdec: 120 ms at a time
  push_run(120ms, 3, 2000);
  pull(12);
  EXPECT_EQ(heard_at(119ms), 500);
  EXPECT_EQ(heard_at(126ms), 2000);
  EXPECT_EQ(heard_at(179ms), 2000);
  EXPECT_EQ(heard_at(190ms), 0);
  EXPECT_EQ(statistics().concealed, 2 * kFrame);
}

TEST_F(PlayoutRules, CountsConcealedSamplesOfAPull) {
  push(0ms, 1000);
  push(20ms, 500, true);
  pull(1);
  EXPECT_EQ(last.concealed, 0u);
  pull(1);
  EXPECT_EQ(last.concealed, kFrame);
}

TEST_F(PlayoutRules, PlaysSilenceInsteadOfConcealmentDuringATelephoneEvent) {
  pull(1);
  push_run(40ms, 4, 1000);
  pull(1);
  rig.playout().event_silence(true);
  for (int i = 0; i < 5; ++i) push(120ms + i * 20ms, 500, true);
  pull(4);
  rig.playout().event_silence(false);
  push_run(220ms, 3, 1000);
  pull(10);
  EXPECT_EQ(heard_at(119ms), 1000);
  EXPECT_EQ(heard_at(130ms), 0);
  EXPECT_EQ(heard_at(219ms), 0);
  EXPECT_EQ(heard_at(226ms), 1000);
  EXPECT_EQ(statistics().concealed, 0u);
}

// As opusdec with in-band FEC does: all of the event comes when audio is back.
TEST_F(PlayoutRules, PlaysSilenceWhenAnEventsConcealmentComesBehindItsEnd) {
  pull(1);
  push_run(40ms, 5, 1000);
  pull(1);
  rig.playout().event_silence(true);  // at 160..300 ms
  pull(4);
  rig.playout().event_silence(false);  // told at 240 ms
  pull(1);
  push(140ms, 1000);  // opusdec with in-band FEC had held it back
  for (int i = 0; i < 7; ++i) push(160ms + i * 20ms, 500, true);
  push_run(300ms, 2, 1000);
  push(340ms, 500, true);
  pull(14);
  EXPECT_EQ(heard_at(155ms), 1000);
  EXPECT_EQ(heard_at(170ms), 0);
  EXPECT_EQ(heard_at(299ms), 0);
  EXPECT_EQ(heard_at(306ms), 1000);
  EXPECT_EQ(heard_at(350ms), 500);  // lost, as ever
  EXPECT_EQ(statistics().concealed, kFrame);
}

TEST_F(PlayoutRules, FadesAtTheBordersOfAGap) {
  push_run(0ms, 2, 16000);
  push_run(100ms, 2, 16000);
  pull(10);
  int largest = 0;
  for (std::size_t i = 1; i < rig.heard().size(); ++i)
    largest = std::max(largest, std::abs(rig.heard()[i] - rig.heard()[i - 1]));
  EXPECT_LE(largest, 16000 / 40);
}

TEST_F(PlayoutRules, SurvivesAnyTime) {
  pull(1);
  push_run(40ms, 2, 1000);
  for (const Time time : {Time::max(), Time::min(), Time(0), Time(-1), rig.start() + 1h,
                          rig.start() - 1h, rig.start() + 1001ms}) {
    const std::vector<std::int16_t> samples(kFrame, 3000);
    rig.push({.samples = samples, .time = time});
    rig.push({.samples = samples, .time = time, .new_stream = true});
    rig.push({.samples = samples, .time = time, .concealed = true});
  }
  push(80ms, 2000, false, true);
  pull(10);

  EXPECT_EQ(heard_at(79ms), 1000);
  EXPECT_EQ(heard_at(90ms), 2000);
  EXPECT_LE(statistics().buffered_ms, 1000);
}

TEST_F(PlayoutRules, CutsALargeErrorOnceAndOnlyInAPause) {
  for (const Time move : {-60ms, 60ms}) {
    rig.playout().reset();
    const Time from = static_cast<int>(rig.pulls().size()) * 20ms + 60ms;
    for (int i = 0; i < 150; ++i) {
      const bool pause = i >= 100 && i < 110;
      push(from + i * 20ms + move * std::min(i, 60) / 60, pause ? 5 : 8000);
      pull(1);
      EXPECT_EQ(statistics().cuts, i < 100 ? 0u : 1u) << i;
    }
    EXPECT_LT(std::abs(statistics().error_ms), 5);
    EXPECT_EQ(statistics().late, 0u);
    EXPECT_EQ(statistics().gap, 3 * kFrame);  // before the first block
  }
}

TEST(PlayoutStart, SurvivesAHostileFirstTime) {
  for (const Time time : {Time::max(), Time::min()}) {
    PlayoutRig rig(kRate);
    const std::vector<std::int16_t> samples(kFrame, 3000);
    rig.push({.samples = samples, .time = time});
    rig.pull_once();
    rig.push({.samples = samples, .time = rig.start() + 20ms});
    EXPECT_FALSE(rig.pull_once().gap);
  }
}

TEST_F(PlayoutRules, BoundsWhatItKeeps) {
  const std::vector<std::int16_t> samples(10 * kRate, 1000);
  pull(1);
  rig.push({.samples = samples, .time = rig.start() + 20ms});
  EXPECT_EQ(statistics().buffered_ms, 1000);
  EXPECT_EQ(statistics().early, 9u * kRate);
}

TEST_F(PlayoutRules, ResetForgetsAudioAndCounts) {
  pull(6);
  push(0ms, 1000);
  push_run(200ms, 3, 1000);
  rig.playout().reset();
  pull(10);
  EXPECT_EQ(statistics().late, 0u);
  EXPECT_EQ(statistics().played, 0u);
  EXPECT_TRUE(last.gap);
}

TEST_F(PlayoutRules, FollowsAJumpOfTheTimeline) {
  push_run(0ms, 30, 1000);
  pull(1);
  std::vector<std::int16_t> out(kFrame);
  const auto pulled = rig.playout().pull(rig.start() + 500ms, out);
  EXPECT_FALSE(pulled.gap);
  EXPECT_EQ(out[80], 1000);
  EXPECT_TRUE(rig.playout().pull(rig.start() + 2h, out).gap);
  EXPECT_TRUE(rig.playout().pull(rig.start(), out).gap);
}

}  // namespace
}  // namespace rc::media::testing
