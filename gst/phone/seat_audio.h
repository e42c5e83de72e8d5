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
  SeatAudio(int rate, std::chrono::nanoseconds latency) : playout_(rate, latency) {}

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

  media::Playout::Statistics statistics() const {
    std::lock_guard lock(mutex_);
    return playout_.statistics();
  }

 private:
  mutable std::mutex mutex_;
  media::Playout playout_;
};

}  // namespace rc::phone
