// SPDX-License-Identifier: LGPL-2.1-or-later
// The playout on what a real rtpjitterbuffer and decoder handed out (tests/traces): every block at
// its recorded time, with its recorded PTS; the content is made here from the sender's time.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "playout_listener.h"
#include "playout_rig.h"

namespace rc::media::testing {
namespace {

using namespace std::chrono_literals;

// The recorder's sender hands a packet to the network when its last sample is spoken.
constexpr double kPacket = 0.020;

struct Line {
  Arrival block;
  Time arrived = Time::max();  // of its packet; concealed blocks have none
};

struct Trace {
  const char* name;
  int rate = 16000;
  double drift = 0;
  // Blocks that opusdec held back beyond their time: with in-band FEC it looks at the next packet
  // first, and before a DTX pause or an outage that comes too late.
  std::size_t held_back = 0;
  double stopped = 0;  // s: from here on RTP timestamps are 500 ms behind what is spoken
};

Time from_ms(double ms) { return Time(std::llround(ms * 1e6)); }

// Makes the content whole where the trace is: its times are rounded to 0.1 ms, and nobody spoke
// what was concealed.
void continue_speech(const Arrival& last, Arrival& block, int rate) {
  const double end = last.spoken + static_cast<double>(last.samples) / rate;
  const double step = std::chrono::duration<double>(block.time - last.time).count();
  if (block.concealed) block.spoken = last.spoken + step;
  if (std::abs(block.spoken - end) < 0.001) block.spoken = end;
}

Time sender_time(const Trace& trace, double spoken) {
  const bool stopped = trace.stopped > 0 && spoken >= trace.stopped;
  return from_ms((spoken - (stopped ? 0.5 : 0)) * 1e3);
}

std::vector<Line> load(const Trace& trace) {
  std::ifstream file(std::string(RC_TRACES "/") + trace.name + ".csv");
  std::string text;
  std::getline(file, text);  // column names
  std::vector<Line> lines;
  while (std::getline(file, text)) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream words(text);
    double at = 0, pts_ago = 0, arrived_ago = 0, spoken_ago = 0;
    std::size_t samples = 0;
    words >> at >> pts_ago >> samples;
    Line line;
    line.block = {.at = from_ms(at), .time = from_ms(at - pts_ago), .samples = samples};
    line.block.concealed = !(words >> arrived_ago >> spoken_ago);
    line.block.new_stream = lines.empty();
    if (!line.block.concealed) {
      line.block.spoken = (at - spoken_ago) / 1e3;
      line.arrived = from_ms(at - arrived_ago);
    }
    if (!line.block.concealed) line.block.sender_time = sender_time(trace, line.block.spoken);
    if (!lines.empty()) continue_speech(lines.back().block, line.block, trace.rate);
    lines.push_back(line);
  }
  return lines;
}

void play(PlayoutRig& rig, const std::vector<Line>& lines, const Signal& signal) {
  std::vector<Arrival> arrivals;
  for (const Line& line : lines) arrivals.push_back(line.block);
  rig.play(arrivals, signal);
  rig.run_until(arrivals.back().at + 200ms);
}

std::size_t sample_at(const PlayoutRig& rig, Time time) {
  return static_cast<std::size_t>(std::max<Time::rep>(time.count(), 0) * rig.rate() /
                                  1'000'000'000);
}

// Blocks that were there in time for the pull of their place, but whose place is silent.
std::size_t own_holes(const PlayoutRig& rig, const std::vector<Line>& lines) {
  std::size_t holes = 0;
  for (const Line& line : lines) {
    if (line.block.at > line.block.time + Playout::kDefaultLatency) continue;
    const auto first =
        rig.heard().begin() + static_cast<std::ptrdiff_t>(sample_at(rig, line.block.time));
    const auto last =
        std::min(first + static_cast<std::ptrdiff_t>(line.block.samples), rig.heard().end());
    const auto silent = std::count(first, last, std::int16_t{0});
    if (2 * silent > last - first) ++holes;
  }
  return holes;
}

std::size_t held_back(const std::vector<Line>& lines) {
  return static_cast<std::size_t>(std::count_if(lines.begin(), lines.end(), [](const Line& line) {
    const Time too_late = line.block.time + Playout::kDefaultLatency;
    return line.arrived < too_late && line.block.at > too_late;
  }));
}

class PlayoutTrace : public ::testing::TestWithParam<Trace> {};

TEST_P(PlayoutTrace, HasNoHoleOfItsOwnAndKeepsItsPlace) {
  const Trace& trace = GetParam();
  const auto lines = load(trace);
  ASSERT_GT(lines.size(), 100u);
  PlayoutRig rig(trace.rate);
  play(rig, lines, with_pauses(time_code));
  EXPECT_EQ(own_holes(rig, lines), 0u);
  EXPECT_EQ(held_back(lines), trace.held_back);
  const auto statistics = rig.playout().statistics();
  EXPECT_LE(statistics.late, trace.held_back * static_cast<std::size_t>(trace.rate) / 50);
  EXPECT_EQ(statistics.early, 0u);
  // Behind the first pause.
  const auto heard = std::span(rig.heard()).subspan(3 * static_cast<std::size_t>(trace.rate));
  EXPECT_LE(
      worst_misalignment(heard, trace.rate,
                         [&](double time) { return (time + 3) * (1 + trace.drift) - kPacket; }),
      0.020);
}

TEST_P(PlayoutTrace, GivesOutAsMuchAsTheClock) {
  PlayoutRig rig(GetParam().rate);
  play(rig, load(GetParam()), tone(440));
  const auto statistics = rig.playout().statistics();
  const auto given = statistics.played + statistics.concealed + statistics.gap;
  const auto asked = rig.heard().size();
  EXPECT_LE(asked - given, 0.2 * GetParam().rate);  // before the first block
}

INSTANTIATE_TEST_SUITE_P(Recorded, PlayoutTrace,
                         ::testing::Values(Trace{"clean"}, Trace{"jitter50"}, Trace{"loss10"},
                                           Trace{"drift", 16000, 200e-6},
                                           Trace{"outage", 16000, 0, 1}, Trace{"dtx", 16000, 0, 12},
                                           Trace{"pcmu-loss10", 8000},
                                           Trace{"stop", 8000, 0, 0, 6}),
                         [](const auto& each) {
                           std::string name = each.param.name;
                           std::erase(name, '-');
                           return name;
                         });

TEST(PlayoutTraces, KeepAToneOnPitch) {
  for (const char* name : {"clean", "jitter50", "drift"}) {
    PlayoutRig rig(16000);
    play(rig, load({name}), tone(1000));
    const auto heard = std::span(rig.heard()).subspan(16000 / 5, rig.heard().size() - 16000 / 2);
    for (const double error : frequency_errors(heard, 16000, 1000))
      ASSERT_LE(std::abs(error), 0.001) << name;
    for (std::size_t from = 0; from + 6400 <= heard.size(); from += 6400)
      ASSERT_GE(purity(heard.subspan(from, 6400), 16000, 1000), 60) << name;
  }
}

// The recording machine stood still for 80 and 135 ms. What came too late is lost, the PTS is off
// by 60 ms for a second; the next pause puts it right.
TEST(PlayoutTraces, ComeBackIntoPlaceAfterAStallOfTheMachine) {
  constexpr double kDrift = 200e-6;
  PlayoutRig rig(16000);
  play(rig, load({"hiccup"}), with_pauses(time_code));
  const auto statistics = rig.playout().statistics();
  EXPECT_LE(statistics.underruns, 1u);
  EXPECT_LE(statistics.late, 16000 * 0.06);
  for (const auto& [from, to] : {std::pair{11.2, 13.1}, std::pair{15.1, 18.9}}) {
    const auto first = static_cast<std::size_t>(from * 16000);
    const auto heard =
        std::span(rig.heard()).subspan(first, static_cast<std::size_t>(to * 16000) - first);
    const auto spoken_at = [&](double time) { return (time + from) * (1 + kDrift) - kPacket; };
    EXPECT_LE(worst_misalignment(heard, 16000, spoken_at), 0.020) << from;
  }
}

}  // namespace
}  // namespace rc::media::testing
