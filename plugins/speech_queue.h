// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <span>

#include "call/media_session.h"
#include "call/seat.h"

namespace rc {

// What one rcsink has to say, at call::kSendRate: filled by its streaming thread, emptied by the
// media's every 20 ms. The first read() of a call is the moment from which it is heard.
class SpeechQueue : public call::AudioSource, public call::SpeakerListener {
 public:
  // `element` posts EOS when the last call is over; `limit` in samples.
  SpeechQueue(GstElement* element, size_t limit);
  ~SpeechQueue() override;

  enum class Put { kTaken, kDropped, kFinished, kFlushing };
  // Queues samples, waiting for room; before somebody listens it waits, or drops if `drop_unheard`.
  // kFlushing leaves in `samples` what has not been taken yet.
  Put put(std::span<const int16_t>& samples, bool drop_unheard);
  bool is_heard();  // somebody listens now
  // Waits until all is played, the call is over, or interrupt().
  void drain();
  // Each call, on or off, makes the put() under way, or the next, return kFlushing once: who waits
  // there without a lock may run only when both are over.
  void interrupt(bool on);
  // While the pipeline does not play, put() waits.
  void set_playing(bool playing);

  struct Played {  // samples since the last flush()
    uint64_t accepted = 0, played = 0, discarded = 0;
  };
  Played flush();  // forgets what is not played yet

  size_t read(std::span<int16_t> out) override;
  void on_speaker_call(const call::CallInfo& call) override;
  void on_speaker_finished() override;

 private:
  void discard();  // under the lock

  GWeakRef element_;
  const size_t limit_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<int16_t> samples_;
  Played played_;
  bool heard_ = false, finished_ = false, interrupted_ = false, playing_ = false;
  bool woken_ = false;  // put() has something to look at
};

}  // namespace rc
