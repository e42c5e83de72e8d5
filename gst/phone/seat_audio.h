// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <mutex>

#include "call/media_session.h"
#include "media/playout.h"

namespace rc::phone {

// What a seat hears, by timestamp: takes a call's audio on the media's thread and gives it out on
// the pipeline's. One for all the calls that the seat has one after the other.
class SeatAudio : public call::AudioReceiver {
 public:
  SeatAudio(int rate, std::chrono::nanoseconds latency)
      : rate_(rate), latency_(latency), playout_(rate, latency) {}

  void on_audio(const call::AudioBlock& block) override {
    std::lock_guard lock(mutex_);
    playout_.push(
        {block.samples, block.time, block.new_stream, block.concealed, block.sender_time});
  }

  void on_telephone_event(bool running) override {
    std::lock_guard lock(mutex_);
    playout_.event_silence(running);
  }

  // Fills out with what arrived from `time` on (absolute time of the seat's clock).
  media::Playout::Pulled pull(std::chrono::nanoseconds time, std::span<int16_t> out) {
    std::lock_guard lock(mutex_);
    return playout_.pull(time, out);
  }

  call::Heard heard() const override {
    std::lock_guard lock(mutex_);
    const media::Playout::Statistics counts = playout_.statistics();
    return {time_of(counts.played), time_of(counts.concealed), time_of(counts.gap), latency_};
  }

 private:
  std::chrono::nanoseconds time_of(std::uint64_t samples) const {
    return std::chrono::nanoseconds(samples * 1'000'000'000 / static_cast<std::uint64_t>(rate_));
  }

  const int rate_;
  const std::chrono::nanoseconds latency_;
  mutable std::mutex mutex_;
  media::Playout playout_;
};

}  // namespace rc::phone
