// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/playout.h"

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace rc::media {
namespace {

using namespace std::chrono_literals;
using Time = Playout::Time;

// Between neighbouring blocks the PTS moves by less (30 000 ppm of 120 ms is 4 ms), so a step of
// more is a gap: DTX, loss that nobody concealed, an outage.
constexpr Time kGapStep = 10ms;
// The promise is +-20 ms; smaller errors are left to the controller.
constexpr double kCutError = 0.020;
constexpr double kCutDone = 0.002;  // a cut over several blocks goes on until here
constexpr double kBeyondReason = 1.0;
// Pull times may be rounded; more is a jump.
constexpr Time kTimelineStep = 1ms;
// Concealment of an event's first packet may carry a time a little before the event was heard of.
constexpr Time kEventMargin = 40ms;
// 70 years: no sum with it overflows.
constexpr Time kSaneTime = std::chrono::hours(24 * 365 * 70);
constexpr int kPartsPerSecond = 50;

// a - b for any values; a hostile time must not overflow.
Time difference(Time a, Time b) {
  Time::rep result = 0;
  if (!__builtin_sub_overflow(a.count(), b.count(), &result)) return Time(result);
  return a < b ? Time::min() : Time::max();
}

double seconds(Time time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

Playout::Playout(int rate, Time latency)
    : rate_(rate), latency_(latency), ring_(rate), pause_(rate) {}

void Playout::reset() {
  ring_.clear();
  controller_.restart();
  pause_.restart();
  statistics_ = {};
  silence_from_ = silence_to_ = event_from_ = Time{0};
  pulled_late_ = 0;
  late_ = started_ = in_event_ = false;
  forget_run();
}

void Playout::forget_run() {
  in_run_ = last_concealed_ = cutting_ = false;
  expected_sender_.reset();
  audio_end_ = ring_.read_position();
}

Time Playout::length_of(std::size_t samples) const {
  return Time(static_cast<Time::rep>(samples) * 1'000'000'000 / rate_);
}

// On the ring's axis. Far-off times stay far off, but within what arithmetic can bear.
double Playout::position_of(Time time) const {
  const double offset = std::clamp(seconds(difference(time, next_time_)), -1e6, 1e6);
  return static_cast<double>(ring_.read_position()) + ring_.fraction() + offset * rate_;
}

void Playout::event_silence(bool on) {
  const Time now = next_time_ + latency_;
  if (on && !in_event_) event_from_ = now;
  if (on && silence_to_ != Time::max()) silence_from_ = now - kEventMargin;
  if (on) silence_to_ = Time::max();
  in_event_ = on;
}

// Decoded blocks lag behind the packets that tell of an event, and its end is told three times, the
// first of them counts (RFC 4733 2.5.1.4): it lasts until the first real audio from behind it.
void Playout::end_event_silence(const Block& block) {
  if (in_event_ || block.concealed || block.time < event_from_) return;
  silence_to_ = std::min(silence_to_, block.time);
}

bool Playout::is_silenced(const Block& block) const {
  return block.concealed && block.time >= silence_from_ && block.time < silence_to_;
}

void Playout::push(const Block& block) {
  if (block.samples.empty()) return;
  if (!has_timeline_) follow_timeline(std::clamp(block.time, -kSaneTime, kSaneTime));
  if (block.new_stream) {
    controller_.restart();
    pause_.restart();
    forget_run();
  }
  started_ = true;
  end_event_silence(block);
  if (is_silenced(block)) {
    in_run_ = false;
  } else if (continues_run(block)) {
    store(place_in_run(block), block);
  } else {
    in_run_ = store(place_by_time(block), block);
  }
  expect_after(block);
}

void Playout::expect_after(const Block& block) {
  const Time length = length_of(block.samples.size());
  last_concealed_ = block.concealed;
  expected_ = difference(block.time, -length);
  if (block.sender_time) {
    expected_sender_ = difference(*block.sender_time, -length);
  } else if (expected_sender_) {
    expected_sender_ = difference(*expected_sender_, -length);
  }
}

// What is missing before the block (negative: it overlaps).
Time Playout::step_before(const Block& block) const {
  if (block.sender_time && expected_sender_)
    return difference(*block.sender_time, *expected_sender_);
  return difference(block.time, expected_);
}

bool Playout::continues_run(const Block& block) const {
  if (!in_run_ || ring_.end() < ring_.read_position()) return false;
  const Time step = step_before(block);
  if (step > kGapStep) return false;
  // Concealment may be longer than what was lost (opusdec makes 120 ms at a time): it gives way.
  return step >= -kGapStep || !last_concealed_ || block.concealed;
}

Playout::Place Playout::place_in_run(const Block& block) {
  const double error = (position_of(block.time) - static_cast<double>(ring_.end())) / rate_;
  const bool pause = pause_.observe(block.samples) || block.concealed;
  if (std::abs(error) > kBeyondReason) return {ring_.end(), 0};
  controller_.observe(error, seconds(length_of(block.samples.size())));
  if (pause) return cut(block, error);
  cutting_ = false;
  return {ring_.end(), 0};
}

// In a pause the position may jump: the pause is drawn out, or left out block by block.
Playout::Place Playout::cut(const Block& block, double error) {
  const double smoothed = controller_.recent_error();
  const double size = std::min(std::abs(error), std::abs(smoothed));
  if (size < (cutting_ ? kCutDone : kCutError) || (error > 0) != (smoothed > 0)) {
    cutting_ = false;
    return {ring_.end(), 0};
  }
  if (!cutting_) ++statistics_.cuts;
  const auto samples = static_cast<std::int64_t>(size * rate_);
  cutting_ = error < 0;
  if (error > 0) {
    controller_.moved(size);
    draw_out(block, static_cast<std::size_t>(samples));
    return {ring_.end(), 0};
  }
  const std::size_t skip = std::min(static_cast<std::size_t>(samples), block.samples.size());
  controller_.moved(-static_cast<double>(skip) / rate_);
  return {ring_.end(), skip};
}

// With the pause's own noise, backwards and forwards: digital silence would be heard as a hole.
void Playout::draw_out(const Block& pause, std::size_t samples) {
  std::vector<std::int16_t> noise(pause.samples.begin(), pause.samples.end());
  while (samples > 0) {
    std::reverse(noise.begin(), noise.end());
    const std::size_t count = std::min(samples, noise.size());
    ring_.write(ring_.end(), std::span(noise).last(count), PlayoutRing::Kind::kConcealed);
    samples -= count;
  }
}

Playout::Place Playout::place_by_time(const Block& block) {
  controller_.clear_error();
  cutting_ = false;
  const auto position = std::llround(position_of(block.time));
  // Within a stream concealment may be overwritten, real audio that waits to be played never.
  const bool waits = audio_end_ > ring_.read_position();
  return {waits ? std::max<std::int64_t>(position, audio_end_) : position, 0};
}

Playout::Place Playout::without_past(Place place, const Block& block) {
  const std::int64_t first = ring_.read_position() + (ring_.fraction() > 0 ? 1 : 0);
  const std::int64_t past = first - place.position;
  if (past <= 0) {
    late_ = false;
    return place;
  }
  const auto lost = std::min(static_cast<std::size_t>(past), block.samples.size() - place.skip);
  if (!block.concealed) {
    statistics_.late += lost;
    pulled_late_ += lost;
    if (!late_) ++statistics_.underruns;
    late_ = true;
  }
  return {first, place.skip + lost};
}

// True when something of the block will be heard.
bool Playout::store(Place wanted, const Block& block) {
  const Place place = without_past(wanted, block);
  const auto samples = block.samples.subspan(place.skip);
  if (samples.empty()) return false;
  if (place.skip > 0) ring_.splice();
  const auto kind = block.concealed ? PlayoutRing::Kind::kConcealed : PlayoutRing::Kind::kAudio;
  const std::size_t stored = ring_.write(place.position, samples, kind);
  statistics_.early += samples.size() - stored;
  if (stored > 0 && !block.concealed) audio_end_ = ring_.end();
  return stored > 0;
}

void Playout::follow_timeline(Time time) {
  const Time step = difference(time, next_time_);
  const bool jump = has_timeline_ && (step > kTimelineStep || step < -kTimelineStep);
  if (jump && !ring_.skip(std::llround(position_of(time) - position_of(next_time_)))) forget_run();
  next_time_ = time;
  has_timeline_ = true;
}

Playout::Pulled Playout::pull(Time time, std::span<std::int16_t> out) {
  follow_timeline(time);
  PlayoutRing::Counts counts;
  const auto part = static_cast<std::size_t>(rate_ / kPartsPerSecond);
  for (std::size_t done = 0; done < out.size(); done += part)
    counts +=
        ring_.read(out.subspan(done, std::min(part, out.size() - done)), controller_.correction());
  next_time_ += length_of(out.size());
  statistics_.played += counts.audio;
  statistics_.concealed += counts.concealed;
  if (started_) statistics_.gap += counts.empty + counts.fade;
  return {.gap = counts.empty == out.size(),
          .filled = counts.empty + counts.fade,
          .concealed = counts.concealed,
          .late = std::exchange(pulled_late_, 0)};
}

Playout::Statistics Playout::statistics() const {
  Statistics result = statistics_;
  const auto buffered = std::max<std::int64_t>(ring_.end() - ring_.read_position(), 0);
  result.correction_ppm = controller_.correction() * 1e6;
  result.error_ms = controller_.error() * 1e3;
  result.buffered_ms = static_cast<double>(buffered) * 1e3 / rate_;
  return result;
}

}  // namespace rc::media
