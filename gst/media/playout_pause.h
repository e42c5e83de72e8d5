// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>

namespace rc::media {

// Tells a speaker's pauses from speech, on any line noise: quiet is what lies far below the level
// the stream had lately.
class PlayoutPause {
 public:
  explicit PlayoutPause(int rate) : rate_(rate) {}

  // Takes the next audio of the stream; true when it is a pause.
  bool observe(std::span<const std::int16_t> samples);

  void restart() { level_ = 0; }

 private:
  const int rate_;
  double level_ = 0;  // of the loud parts, RMS, falling slowly
};

}  // namespace rc::media
