// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "call/call_info.h"
#include "call/call_stats.h"
#include "call/media_session.h"
#include "core/result.h"

namespace rc::call {

// A seat: one pipeline's place for one call at a time (an rcsrc). While it is free and the pipeline
// plays, an incoming call may take it; the longest waiting seat first.
struct SeatListener {
  virtual ~SeatListener() = default;
  // Every change of the call in the seat: first when it takes the seat, last with kEnded.
  // Thread: signalling.
  virtual void on_seat_call(const CallInfo& call) = 0;
  virtual void on_seat_stats(const CallStats&) {}  // of the call in the seat; thread: signalling
  // The call that was asked for (dial, or a call id) cannot be had. Thread: signalling.
  virtual void on_seat_refused(const Error& error) = 0;
};

struct SeatOptions {
  std::string id;                                // unique in the process
  Ref<GstClock> clock;                           // of the pipeline
  int receive_rate = 16000;                      // Hz
  std::chrono::milliseconds jitter_latency{60};  // of the media's jitterbuffer
  std::shared_ptr<AudioReceiver> receiver;       // hears the call
  MediaFactory media;  // makes the media of its calls; empty: the line's does
  std::weak_ptr<SeatListener> listener;
  std::string dial;  // a number to call at once; empty: waits for a call
  std::string call;  // takes this call and no other, answers it at once; empty: any call
  int calls = -1;    // takes so many calls, one after the other; -1: any
};

struct SpeakerListener {
  virtual ~SpeakerListener() = default;
  // Every change of the call it speaks into; the last one is kEnded. Thread: signalling.
  virtual void on_speaker_call(const CallInfo& call) = 0;
  // The last call of the seat it speaks into has ended. Thread: signalling.
  virtual void on_speaker_finished() = 0;
};

// Somebody who speaks into a call (an rcsink).
struct SpeakerOptions {
  std::string id;    // unique in the process
  std::string seat;  // speaks into the call of this seat; empty: into any call without a speaker
  std::string call;  // speaks into this call
  std::shared_ptr<AudioSource> source;
  std::weak_ptr<SpeakerListener> listener;
};

}  // namespace rc::call
