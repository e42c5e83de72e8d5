// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What one leg hears, for others to play: the writer and each reader run on threads of their own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace standin {

// All sound inside the stand-in: mono, S16, this many samples per second.
inline constexpr int kAudioRate = 16000;

class AudioTap {
 public:
  // A reader gets what is written after it was made.
  class Reader {
   public:
    // Fills the span; what has not arrived is silence.
    void read(std::span<std::int16_t> out);

   private:
    friend class AudioTap;
    void append(std::span<const std::int16_t> samples);

    std::mutex mutex_;
    std::deque<std::int16_t> queue_;
    bool flowing_ = false;  // false: a cushion is being filled
  };

  std::shared_ptr<Reader> subscribe();
  void write(std::span<const std::int16_t> samples);

 private:
  std::mutex mutex_;
  std::vector<std::weak_ptr<Reader>> readers_;
};

}  // namespace standin
