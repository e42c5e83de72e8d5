// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/playout_ring.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "media/playout_interpolator.h"

namespace rc::media {
namespace {

constexpr int kFadesPerSecond = 200;  // 5 ms
constexpr auto kTaps = static_cast<std::int64_t>(PlayoutInterpolator::kTaps);
constexpr double kSettlingSpeed = 200e-6;

const PlayoutInterpolator& interpolator() {
  static const PlayoutInterpolator instance;
  return instance;
}

std::int16_t to_s16(float sample) {
  return static_cast<std::int16_t>(std::lround(std::clamp(sample, -32768.0f, 32767.0f)));
}

}  // namespace

PlayoutRing::Counts& PlayoutRing::Counts::operator+=(const Counts& other) {
  empty += other.empty;
  fade += other.fade;
  audio += other.audio;
  concealed += other.concealed;
  return *this;
}

PlayoutRing::PlayoutRing(int rate)
    : ahead_(rate),
      history_(rate / kFadesPerSecond + kTaps),
      fade_(rate / kFadesPerSecond),
      samples_(std::bit_ceil(static_cast<std::size_t>(ahead_ + history_ + fade_ + kTaps))),
      kinds_(samples_.size(), Kind::kEmpty) {}

std::size_t PlayoutRing::index(std::int64_t position) const {
  return static_cast<std::size_t>(position) & (samples_.size() - 1);
}

void PlayoutRing::put(std::int64_t position, float sample, Kind kind) {
  samples_[index(position)] = sample;
  kinds_[index(position)] = kind;
}

void PlayoutRing::erase(std::int64_t from, std::int64_t to) {
  for (std::int64_t position = from; position < to; ++position) put(position, 0, Kind::kEmpty);
}

void PlayoutRing::clear() {
  std::fill(samples_.begin(), samples_.end(), 0.0f);
  std::fill(kinds_.begin(), kinds_.end(), Kind::kEmpty);
  end_ = dirty_end_ = read_;
  fraction_ = 0;
  fade_left_ = 0;
  faded_out_ = true;
}

std::size_t PlayoutRing::write(std::int64_t position, std::span<const std::int16_t> samples,
                               Kind kind) {
  const std::int64_t room = std::max<std::int64_t>(read_ + ahead_ - position, 0);
  const auto count = std::min(samples.size(), static_cast<std::size_t>(room));
  if (count == 0) return 0;
  if (position != end_) begin_piece(position);
  for (const std::int16_t sample : samples.first(count)) {
    put(position, mix_in(position, sample), kind);
    ++position;
  }
  end_ = position;
  if (fade_left_ == 0) erase(end_, dirty_end_);
  dirty_end_ = fade_left_ == 0 ? end_ : std::max(end_, dirty_end_);
  faded_out_ = false;
  return count;
}

// What lies at the new piece's start (older audio or its fade) is kept to be mixed with it.
void PlayoutRing::begin_piece(std::int64_t position) {
  if (position >= end_) end_with_fade();
  const std::int64_t keep = position + fade_;
  erase(keep, dirty_end_);
  dirty_end_ = std::min(dirty_end_, keep);
  fade_left_ = fade_;
}

// The last 5 ms once more, backwards and dying away: no sample of the audio itself is touched, and
// nobody need know in advance that it will end.
void PlayoutRing::end_with_fade() {
  if (faded_out_) return;
  for (std::int64_t i = 0; i < fade_; ++i) {
    const float gain = 1.0f - static_cast<float>(i + 1) / static_cast<float>(fade_ + 1);
    put(end_ + i, samples_[index(end_ - 1 - i)] * gain, Kind::kFade);
  }
  dirty_end_ = std::max(dirty_end_, end_ + fade_);
  faded_out_ = true;
}

float PlayoutRing::mix_in(std::int64_t position, float sample) {
  if (fade_left_ == 0) return sample;
  const float old = static_cast<float>(fade_left_) / static_cast<float>(fade_ + 1);
  --fade_left_;
  return sample * (1 - old) + samples_[index(position)] * old;
}

PlayoutRing::Counts PlayoutRing::read(std::span<std::int16_t> out, double correction) {
  const auto wanted = static_cast<std::int64_t>(out.size());
  if (read_ + wanted + kTaps > end_) end_with_fade();
  const Counts counts = count(read_, out.size());
  if (counts.empty == out.size()) fraction_ = 0;
  const double step = correction == 0 ? settling_step(out.size()) : 1 + correction;
  if (fraction_ == 0 && step == 1) {
    copy(out);
  } else {
    interpolate(out, step);
  }
  return counts;
}

double PlayoutRing::settling_step(std::size_t count) const {
  if (fraction_ == 0 || count == 0) return 1;
  const double rest = fraction_ < 0.5 ? -fraction_ : 1 - fraction_;
  return 1 + std::clamp(rest / static_cast<double>(count), -kSettlingSpeed, kSettlingSpeed);
}

void PlayoutRing::copy(std::span<std::int16_t> out) {
  std::int64_t position = read_;
  for (std::int16_t& sample : out) sample = to_s16(samples_[index(position++)]);
  advance(position - read_);
}

void PlayoutRing::interpolate(std::span<std::int16_t> out, double step) {
  constexpr std::int64_t kMargin = 1;  // the position may fall behind or run ahead by one
  constexpr auto kBefore = static_cast<std::int64_t>(PlayoutInterpolator::kBefore) + kMargin;
  const auto needed = static_cast<std::int64_t>(out.size()) + kTaps + 2 * kMargin;
  unrolled_.resize(static_cast<std::size_t>(needed));
  for (std::int64_t i = 0; i < needed; ++i)
    unrolled_[static_cast<std::size_t>(i)] = samples_[index(read_ - kBefore + i)];
  for (std::size_t i = 0; i < out.size(); ++i) {
    const double offset = fraction_ + static_cast<double>(i) * step + kMargin;
    const auto whole = static_cast<std::size_t>(offset);
    const std::span<const float, PlayoutInterpolator::kTaps> window(unrolled_.data() + whole,
                                                                    PlayoutInterpolator::kTaps);
    out[i] = to_s16(interpolator().at(window, offset - static_cast<double>(whole)));
  }
  move_reader(fraction_ + static_cast<double>(out.size()) * step);
}

void PlayoutRing::move_reader(double distance) {
  // Rounding errors must not keep a settled reader from its bit-exact path.
  const double nearest = std::round(distance);
  if (std::abs(distance - nearest) < 1e-9) distance = nearest;
  const double whole = std::floor(distance);
  fraction_ = distance - whole;
  advance(static_cast<std::int64_t>(whole));
}

PlayoutRing::Counts PlayoutRing::count(std::int64_t from, std::size_t samples) const {
  Counts counts;
  for (std::size_t i = 0; i < samples; ++i) {
    switch (kinds_[index(from + static_cast<std::int64_t>(i))]) {
      case Kind::kEmpty:
        ++counts.empty;
        break;
      case Kind::kFade:
        ++counts.fade;
        break;
      case Kind::kAudio:
        ++counts.audio;
        break;
      case Kind::kConcealed:
        ++counts.concealed;
        break;
    }
  }
  return counts;
}

void PlayoutRing::advance(std::int64_t samples) {
  erase(read_ - history_, read_ - history_ + samples);
  read_ += samples;
}

bool PlayoutRing::skip(std::int64_t samples) {
  const std::int64_t target = read_ + samples;
  const bool nothing_left = samples < 0 ? end_ <= read_ : end_ <= target;
  if (nothing_left || end_ - target > ahead_) {
    read_ = target;
    clear();
    return false;
  }
  if (samples < 0) {
    erase(target - history_, read_);
    read_ = target;
  } else {
    advance(samples);
  }
  return true;
}

}  // namespace rc::media
