// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a leg says: turns a Play into samples, asked for by a streaming thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <span>

#include "media_leg.h"
#include "media_tap.h"

namespace standin::media {

// A stream of kAudioRate samples. One thread at a time.
class Sound {
 public:
  virtual ~Sound() = default;
  // Fills the span from its begin and returns how much; less than asked for = the end was reached.
  virtual std::size_t read(std::span<std::int16_t> out) = 0;
  virtual void rewind() = 0;
};

// own: what play::Echo reads. Unreadable files and failed speech are silence.
std::unique_ptr<Sound> make_sound(const Play& play, AudioTap& own);

// Holds the present script. Any thread.
class Script {
 public:
  explicit Script(std::function<void()> on_played) : on_played_(std::move(on_played)) {}

  void set(std::unique_ptr<Sound> sound, bool repeat);
  // Always fills the whole span. Calls on_played (with no lock held) when a sound has ended.
  void fill(std::span<std::int16_t> out);

 private:
  bool fill_locked(std::span<std::int16_t> out);  // true = the sound has just ended

  std::function<void()> on_played_;
  std::mutex mutex_;
  std::unique_ptr<Sound> sound_;
  bool repeat_ = false;
};

}  // namespace standin::media
