// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_script.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "media_wav.h"
#include "speech.h"

namespace standin::media {
namespace {

class ToneSound final : public Sound {
 public:
  explicit ToneSound(std::vector<Tone> tones) : tones_(std::move(tones)) {}

  std::size_t read(std::span<std::int16_t> out) override {
    std::size_t done = 0;
    while (done < out.size() && index_ < tones_.size()) {
      if (at_ >= length()) {
        ++index_;
        at_ = 0;
      } else {
        out[done++] = next();
      }
    }
    return done;
  }

  void rewind() override { index_ = at_ = 0; }

 private:
  static constexpr double kPeak = 0.2512 * 32767;  // -12 dBFS
  static constexpr std::size_t kRamp = kAudioRate * 5 / 1000;

  std::size_t length() const {
    return static_cast<std::size_t>(tones_[index_].duration.count()) * kAudioRate / 1000;
  }

  // Computed from the position, so the phase cannot drift.
  std::int16_t next() {
    double phase = 2 * std::numbers::pi * tones_[index_].hz * static_cast<double>(at_) / kAudioRate;
    std::size_t border = std::min(at_, length() - 1 - at_);
    double gain = kPeak;
    if (border < kRamp) {
      gain *= 0.5 - 0.5 * std::cos(std::numbers::pi * static_cast<double>(border) / kRamp);
    }
    ++at_;
    return static_cast<std::int16_t>(std::lround(gain * std::sin(phase)));
  }

  std::vector<Tone> tones_;
  std::size_t index_ = 0;
  std::size_t at_ = 0;
};

class SampleSound final : public Sound {
 public:
  explicit SampleSound(std::vector<std::int16_t> samples) : samples_(std::move(samples)) {}

  std::size_t read(std::span<std::int16_t> out) override {
    std::size_t count = std::min(out.size(), samples_.size() - at_);
    std::copy_n(samples_.begin() + static_cast<std::ptrdiff_t>(at_), count, out.begin());
    at_ += count;
    return count;
  }

  void rewind() override { at_ = 0; }

 private:
  std::vector<std::int16_t> samples_;
  std::size_t at_ = 0;
};

// Silent until espeak-ng has spoken, then the whole text from its beginning.
class SpeechSound final : public Sound {
 public:
  explicit SpeechSound(const std::string& text)
      : job_(text, [this](std::vector<std::int16_t> samples) {
          std::lock_guard lock(mutex_);
          spoken_ = std::make_unique<SampleSound>(std::move(samples));
        }) {}

  std::size_t read(std::span<std::int16_t> out) override {
    std::lock_guard lock(mutex_);
    if (spoken_) return spoken_->read(out);
    std::fill(out.begin(), out.end(), std::int16_t{0});
    return out.size();
  }

  void rewind() override {
    std::lock_guard lock(mutex_);
    if (spoken_) spoken_->rewind();
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<SampleSound> spoken_;
  SpeechJob job_;  // last: its thread uses the others
};

class TapSound final : public Sound {
 public:
  explicit TapSound(AudioTap& tap) : reader_(tap.subscribe()) {}

  std::size_t read(std::span<std::int16_t> out) override {
    reader_->read(out);
    return out.size();
  }

  void rewind() override {}

 private:
  std::shared_ptr<AudioTap::Reader> reader_;
};

struct MakeSound {
  AudioTap& own;
  using Result = std::unique_ptr<Sound>;

  Result operator()(const play::Silence&) const { return nullptr; }
  Result operator()(const play::Tones& tones) const {
    return std::make_unique<ToneSound>(tones.tones);
  }
  Result operator()(const play::Speech& speech) const {
    return std::make_unique<SpeechSound>(speech.text);
  }
  Result operator()(const play::WavFile& file) const {
    auto samples = read_wav(file.path);
    if (!samples) g_warning("no 16 bit PCM WAV file: %s", file.path.c_str());
    return samples ? std::make_unique<SampleSound>(std::move(*samples)) : nullptr;
  }
  Result operator()(const play::Echo&) const { return std::make_unique<TapSound>(own); }
  Result operator()(const play::Bridge& bridge) const {
    return bridge.from ? std::make_unique<TapSound>(*bridge.from) : nullptr;
  }
};

}  // namespace

std::unique_ptr<Sound> make_sound(const Play& play, AudioTap& own) {
  return std::visit(MakeSound{own}, play.what);
}

void Script::set(std::unique_ptr<Sound> sound, bool repeat) {
  std::lock_guard lock(mutex_);
  sound_.swap(sound);  // the old one is destroyed with the lock released
  repeat_ = repeat;
}

void Script::fill(std::span<std::int16_t> out) {
  bool ended = false;
  {
    std::lock_guard lock(mutex_);
    ended = fill_locked(out);
  }
  if (ended) on_played_();
}

bool Script::fill_locked(std::span<std::int16_t> out) {
  std::size_t done = sound_ ? sound_->read(out) : 0;
  if (sound_ && done < out.size() && repeat_) {
    sound_->rewind();
    done += sound_->read(out.subspan(done));
  }
  std::fill(out.begin() + static_cast<std::ptrdiff_t>(done), out.end(), std::int16_t{0});
  if (!sound_ || repeat_ || done == out.size()) return false;
  sound_.reset();
  return true;
}

}  // namespace standin::media
