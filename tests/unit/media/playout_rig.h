// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include "media/playout.h"

namespace rc::media::testing {

using Time = Playout::Time;

// A block on its way to the playout: what a decoder hands out, and when.
struct Arrival {
  Time at{0};         // clock time when the decoder hands it out
  Time time{0};       // its PTS
  double spoken = 0;  // s, sender's clock
  std::size_t samples = 0;
  bool concealed = false;
  bool new_stream = false;
  std::optional<Time> sender_time{};
};

// What a sender says at a time of its own clock (s).
using Signal = std::function<double(double)>;

// A signal that tells its own time: a saw of 2 s period that never comes near zero.
double time_code(double spoken);
// The sender's time that a sample of time_code() carries, modulo 2 s; < 0: not a sample of it.
double time_of_code(std::int16_t sample);
Signal tone(double frequency, double amplitude = 10000);
// The signal for two seconds of three, then a pause (all but silent, so that holes stand out).
Signal with_pauses(Signal signal);

// Plays arrivals through a Playout on a simulated clock: pulls 20 ms every 20 ms, each pull
// `latency` after its time, as the source element does.
class PlayoutRig {
 public:
  static constexpr Time kStep = std::chrono::milliseconds(20);

  explicit PlayoutRig(int rate, Time start = std::chrono::hours(30));

  // Arrivals come in the order of `at`; their times are relative to start().
  void push(const Arrival& arrival, const Signal& signal);
  void push(Playout::Block block) { playout_.push(block); }
  // Pulls up to this clock time, relative to start().
  void run_until(Time clock);
  Playout::Pulled pull_once();
  void play(const std::vector<Arrival>& arrivals, const Signal& signal);

  Playout& playout() { return playout_; }
  int rate() const { return rate_; }
  Time start() const { return start_; }
  const std::vector<std::int16_t>& heard() const { return heard_; }  // from start() on
  // Silence for want of audio, by whole pulls, from start() on.
  const std::vector<Playout::Pulled>& pulls() const { return pulls_; }

 private:
  const int rate_;
  const Time start_;
  Playout playout_;
  Time next_{0};  // relative
  std::vector<std::int16_t> heard_;
  std::vector<Playout::Pulled> pulls_;
  std::vector<std::int16_t> block_;
};

// A sender, a network and a jitterbuffer, all simulated.
struct Stream {
  int rate = 8000;
  double length = 10;     // s
  double frame = 0.020;   // s
  double drift = 0;       // sender's clock, relative
  double jitter = 0;      // s
  double loss = 0;        // 0..1, concealed like a decoder does
  bool concealed = true;  // losses are concealed, else missing
  double first_move = 0;  // s: the PTS falls by so much in the first 2 s
  double wobble = 0;      // s: amplitude of the PTS's slow error
  unsigned seed = 1;
};

constexpr double kTransit = 0.030;  // s: sender's time to PTS, without the PTS's errors

std::vector<Arrival> arrivals_of(const Stream& stream);

}  // namespace rc::media::testing
