// SPDX-License-Identifier: LGPL-2.1-or-later
// Whole streams from a simulated sender and network: alignment, holes, pitch and purity.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <span>
#include <stdexcept>
#include <string>
#include <vector>

#include "media/playout.h"
#include "playout_listener.h"
#include "playout_rig.h"

namespace rc::media::testing {
namespace {

using namespace std::chrono_literals;

constexpr double kPromise = 0.020;  // s

std::span<const std::int16_t> part(const PlayoutRig& rig, double from, double to) {
  const auto first = static_cast<std::size_t>(from * rig.rate());
  const auto last = static_cast<std::size_t>(to * rig.rate());
  if (last > rig.heard().size()) throw std::out_of_range("the rig has not run so long");
  return std::span(rig.heard()).subspan(first, last - first);
}

double misalignment(const PlayoutRig& rig, const Stream& stream, double from, double to) {
  return worst_misalignment(part(rig, from, to), rig.rate(), [&](double time) {
    return (time + from - kTransit) * (1 + stream.drift);
  });
}

std::size_t holes(const PlayoutRig& rig, double from, double to) {
  std::size_t samples = 0;
  for (auto i = static_cast<std::size_t>(from * 50); i < static_cast<std::size_t>(to * 50); ++i)
    samples += rig.pulls().at(i).filled;
  return samples;
}

struct Case {
  const char* name;
  Stream stream;
};

class PlayoutStream : public ::testing::TestWithParam<Case> {};

TEST_P(PlayoutStream, IsWholeAndInItsPlace) {
  const Stream& stream = GetParam().stream;
  PlayoutRig rig(stream.rate);
  rig.play(arrivals_of(stream), time_code);
  const double end = stream.length / (1 + std::max(stream.drift, 0.0)) - 0.2;  // on our clock
  const auto statistics = rig.playout().statistics();
  EXPECT_EQ(holes(rig, 0.1, end), 0u);
  EXPECT_EQ(statistics.late, 0u);
  EXPECT_EQ(statistics.underruns, 0u);
  EXPECT_EQ(statistics.early, 0u);
  EXPECT_LE(misalignment(rig, stream, 0.1, end), kPromise);
  EXPECT_LE(std::abs(statistics.correction_ppm), 500);
}

INSTANTIATE_TEST_SUITE_P(
    Networks, PlayoutStream,
    ::testing::Values(
        Case{"Clean", {}}, Case{"Jitter", {.length = 120, .jitter = 0.05, .wobble = 0.003}},
        Case{"FastSenderForAnHour", {.length = 3600, .frame = 0.06, .drift = 200e-6}},
        Case{"SlowSender", {.length = 1200, .frame = 0.06, .drift = -200e-6}},
        Case{"DriftWithJitter", {.length = 600, .drift = 200e-6, .jitter = 0.05, .wobble = 0.003}},
        Case{"Opus2ms5", {.rate = 16000, .length = 20, .frame = 0.0025, .jitter = 0.05}},
        Case{"Opus5ms", {.rate = 48000, .frame = 0.005, .drift = 2e-4, .jitter = 0.05}},
        Case{"Opus120ms",
             {.rate = 16000, .length = 60, .frame = 0.12, .jitter = 0.05, .wobble = 0.003}},
        Case{"Pcmu10ms", {.frame = 0.01, .jitter = 0.05}},
        Case{"Pcmu30ms", {.frame = 0.03, .jitter = 0.05}},
        Case{"Pcmu60ms", {.length = 60, .frame = 0.06, .jitter = 0.05, .wobble = 0.003}},
        Case{"Loss10", {.length = 60, .jitter = 0.03, .loss = 0.1}},
        Case{"Loss30",
             {.length = 60, .drift = -2e-4, .jitter = 0.03, .loss = 0.3, .wobble = 0.003}}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(PlayoutStreams, KeepsItsPlaceAtAnyLossThatNobodyConceals) {
  for (const double loss : {0.1, 0.5, 0.9}) {
    const Stream stream{
        .length = 30, .drift = 2e-4, .loss = loss, .concealed = false, .wobble = 0.003};
    PlayoutRig rig(stream.rate);
    rig.play(arrivals_of(stream), time_code);
    rig.run_until(30s);  // the last packets may be lost
    EXPECT_LE(misalignment(rig, stream, 0.1, 29.5), kPromise) << loss;
    EXPECT_EQ(rig.playout().statistics().late, 0u);
  }
}

TEST(PlayoutStreams, PutsTheFirstMoveOfThePtsRightInTheFirstPause) {
  const Stream stream{.length = 12, .jitter = 0.02, .first_move = 0.04};
  PlayoutRig rig(stream.rate);
  rig.play(arrivals_of(stream), with_pauses(time_code));
  EXPECT_LE(misalignment(rig, stream, 3, 11.5), kPromise);
  EXPECT_EQ(rig.playout().statistics().cuts, 1u);
  EXPECT_EQ(holes(rig, 0.2, 11.5), 0u);
}

// The worst that a PTS was seen to do, over a tone that leaves no pause for a cut.
TEST(PlayoutStreams, KeepsAToneOnPitchAndPure) {
  for (const int rate : {8000, 16000, 48000}) {
    const Stream stream{.rate = rate,
                        .length = 30,
                        .drift = 200e-6,
                        .jitter = 0.05,
                        .first_move = 0.04,
                        .wobble = 0.003};
    PlayoutRig rig(rate);
    rig.play(arrivals_of(stream), tone(1000));
    for (const double error : frequency_errors(part(rig, 0.1, 29.5), rate, 1000))
      EXPECT_LE(std::abs(error), 0.001);
    for (double from = 0.1; from < 29; from += 0.4)
      EXPECT_GE(purity(part(rig, from, from + 0.4), rate, 1000), 60) << rate << " at " << from;
    EXPECT_EQ(rig.playout().statistics().cuts, 0u);
  }
}

TEST(PlayoutStreams, FillsAStallAndGoesOnInPlace) {
  const Stream stream;
  auto arrivals = arrivals_of(stream);
  for (Arrival& arrival : arrivals)
    if (arrival.at > 4s && arrival.at < 4500ms) arrival.at = 4500ms;
  PlayoutRig rig(stream.rate);
  rig.play(arrivals, time_code);
  EXPECT_LE(misalignment(rig, stream, 0.1, 9.8), kPromise);
  EXPECT_EQ(rig.playout().statistics().underruns, 1u);
  // What was on time at 4.5 s begins at 4.38 s.
  EXPECT_EQ(holes(rig, 0.1, 3.96), 0u);
  EXPECT_EQ(holes(rig, 4.42, 9.8), 0u);
}

TEST(PlayoutStreams, PlaysDtxPausesAsSilenceOfTheirLength) {
  const Stream stream{.length = 30, .drift = 2e-4, .jitter = 0.03, .wobble = 0.003};
  auto arrivals = arrivals_of(stream);
  std::erase_if(arrivals, [](const Arrival& arrival) {
    const bool refresh = std::fmod(arrival.spoken, 0.4) < 0.019;  // DTX sends one every 400 ms
    return std::fmod(arrival.spoken, 3) >= 2 && !refresh;
  });
  PlayoutRig rig(stream.rate);
  rig.play(arrivals, time_code);
  rig.run_until(30s);  // the last packets may be a pause
  EXPECT_LE(misalignment(rig, stream, 0.1, 29.5), kPromise);
  EXPECT_EQ(rig.playout().statistics().underruns, 0u);
}

TEST(PlayoutStreams, TakesANewStreamWithOtherFramesAtOnce) {
  const Stream first{.length = 5, .jitter = 0.03};
  const Stream second{.length = 10, .frame = 0.06, .jitter = 0.03, .seed = 2};
  auto arrivals = arrivals_of(first);
  for (Arrival arrival : arrivals_of(second)) {
    arrival.new_stream = arrival.spoken > 4.99 && arrival.spoken < 5.05;
    if (arrival.spoken > 4.99) arrivals.push_back(arrival);
  }
  std::stable_sort(arrivals.begin(), arrivals.end(),
                   [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
  PlayoutRig rig(first.rate);
  rig.play(arrivals, time_code);
  EXPECT_LE(misalignment(rig, second, 0.1, 9.7), kPromise);
  EXPECT_LE(holes(rig, 0.1, 9.7), 0.1 * first.rate);
}

}  // namespace
}  // namespace rc::media::testing
