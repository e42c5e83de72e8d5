// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace rc::media {

// The next second of audio as one axis of samples: written at positions, read in order at a speed
// of about 1. A position that was never written reads as silence. Borders between audio and silence
// or between two pieces of audio are faded over 5 ms, so that nothing clicks.
// Not thread-safe; owned by Playout.
class PlayoutRing {
 public:
  enum class Kind : std::uint8_t {
    kEmpty,
    kFade,  // dying away of the audio before a gap
    kAudio,
    kConcealed,
  };

  struct Counts {
    std::size_t empty = 0;
    std::size_t fade = 0;
    std::size_t audio = 0;
    std::size_t concealed = 0;

    Counts& operator+=(const Counts& other);
  };

  explicit PlayoutRing(int rate);

  std::int64_t read_position() const { return read_; }  // of the next sample to read
  double fraction() const { return fraction_; }         // how far the reader is behind it, 0..1
  std::int64_t end() const { return end_; }             // one past the last sample written

  // Writes at a position >= read_position(): replaces what was there and after it. Returns how many
  // samples found room; the rest would be more than 1 s ahead.
  std::size_t write(std::int64_t position, std::span<const std::int16_t> samples, Kind kind);

  // What is written at end() next is not the continuation of what is there: the two are faded.
  void splice() { begin_piece(end_); }

  // Fills out, moving on by (1 + correction) per sample. With correction 0 the samples soon come
  // out bit for bit: a fraction left over is worked off first. At most 1000 ppm, 0.1 s at a time.
  Counts read(std::span<std::int16_t> out, double correction);

  // Moves the reader without reading. False when no audio is left, or none that would fit.
  bool skip(std::int64_t samples);

  // Forgets all audio; positions go on.
  void clear();

 private:
  std::size_t index(std::int64_t position) const;
  void erase(std::int64_t from, std::int64_t to);
  void begin_piece(std::int64_t position);
  void end_with_fade();
  void put(std::int64_t position, float sample, Kind kind);
  float mix_in(std::int64_t position, float sample);
  double settling_step(std::size_t count) const;
  void copy(std::span<std::int16_t> out);
  void interpolate(std::span<std::int16_t> out, double step);
  void move_reader(double distance);
  Counts count(std::int64_t from, std::size_t samples) const;
  void advance(std::int64_t samples);

  const std::int64_t ahead_;    // longest distance of a sample from the reader
  const std::int64_t history_;  // samples kept behind the reader, for interpolation and fades
  const std::int64_t fade_;
  std::vector<float> samples_;  // size is a power of two
  std::vector<Kind> kinds_;
  std::vector<float> unrolled_;  // what one read interpolates from
  std::int64_t read_ = 0;
  double fraction_ = 0;
  std::int64_t end_ = 0;
  std::int64_t dirty_end_ = 0;  // one past the last sample that is not empty
  std::int64_t fade_left_ = 0;  // samples of the current piece that still fade in
  bool faded_out_ = true;       // the fade behind end_ is written
};

}  // namespace rc::media
