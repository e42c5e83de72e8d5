// SPDX-License-Identifier: LGPL-2.1-or-later
#include "playout_rig.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <random>
#include <utility>

namespace rc::media::testing {
namespace {

constexpr double kLowest = 3000;
constexpr double kSpan = 27000;
constexpr double kPeriod = 2;
constexpr double kPause = 20;

Time from_seconds(double seconds) { return Time(std::llround(seconds * 1e9)); }

// How far the jitterbuffer's PTS is off at a time (s) of the stream.
double pts_error(const Stream& stream, double time) {
  const double move = stream.first_move * std::max(0.0, 1 - time / 2);
  return move + stream.wobble * std::sin(2 * std::numbers::pi * time / 20);
}

}  // namespace

double time_code(double spoken) {
  const double phase = std::fmod(spoken, kPeriod) / kPeriod;
  return kLowest + kSpan * phase;
}

double time_of_code(std::int16_t sample) {
  return sample < kLowest - 1 ? -1 : (sample - kLowest) / kSpan * kPeriod;
}

Signal tone(double frequency, double amplitude) {
  return [=](double t) { return amplitude * std::sin(2 * std::numbers::pi * frequency * t); };
}

Signal with_pauses(Signal signal) {
  return
      [signal = std::move(signal)](double t) { return std::fmod(t, 3.0) < 2 ? signal(t) : kPause; };
}

PlayoutRig::PlayoutRig(int rate, Time start)
    : rate_(rate), start_(start), playout_(rate), block_(static_cast<std::size_t>(rate / 50)) {}

void PlayoutRig::push(const Arrival& arrival, const Signal& signal) {
  std::vector<std::int16_t> samples(arrival.samples);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const double spoken = arrival.spoken + static_cast<double>(i) / rate_;
    samples[i] = static_cast<std::int16_t>(std::lround(signal(spoken)));
  }
  playout_.push({.samples = samples,
                 .time = start_ + arrival.time,
                 .new_stream = arrival.new_stream,
                 .concealed = arrival.concealed,
                 .sender_time = arrival.sender_time});
}

Playout::Pulled PlayoutRig::pull_once() {
  const Playout::Pulled pulled = playout_.pull(start_ + next_, block_);
  next_ += kStep;
  heard_.insert(heard_.end(), block_.begin(), block_.end());
  pulls_.push_back(pulled);
  return pulled;
}

void PlayoutRig::run_until(Time clock) {
  while (next_ + Playout::kDefaultLatency <= clock) pull_once();
}

void PlayoutRig::play(const std::vector<Arrival>& arrivals, const Signal& signal) {
  for (const Arrival& arrival : arrivals) {
    run_until(arrival.at);
    push(arrival, signal);
  }
}

std::vector<Arrival> arrivals_of(const Stream& stream) {
  constexpr double kLostAfter = 0.060;  // the jitterbuffer's latency
  std::mt19937 random(stream.seed);
  std::uniform_real_distribution<double> unit(0, 1);
  std::vector<Arrival> arrivals;
  double ready = 0;  // packets come out in order
  for (int i = 0; i * stream.frame < stream.length; ++i) {
    const double spoken = i * stream.frame;
    const double sent = spoken / (1 + stream.drift);
    const double pts = sent + kTransit + pts_error(stream, sent);
    const double came = sent + kTransit + unit(random) * stream.jitter;
    const bool lost = unit(random) < stream.loss;
    ready = std::max(ready, lost ? pts + kLostAfter : came);
    if (lost && !stream.concealed) continue;
    arrivals.push_back(
        {.at = from_seconds(ready),
         .time = from_seconds(pts),
         .spoken = spoken,
         .samples = static_cast<std::size_t>(std::lround(stream.frame * stream.rate)),
         .concealed = lost,
         .new_stream = i == 0});
  }
  return arrivals;
}

}  // namespace rc::media::testing
