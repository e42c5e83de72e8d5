// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "call/e_model.h"
#include "call/media_session.h"

namespace rc::call {

// A call in numbers, from its first ring on; a copy, good for any thread.
struct CallStats {
  std::string call_id;
  std::chrono::system_clock::time_point at{};  // when this was so
  bool final = false;                          // the call has ended, it is the last
  MediaStats media;
  Heard heard;                         // in this call, from its first audio on
  std::chrono::microseconds talked{};  // since the answer
  // Since the INVITE came or went out; 0 = not yet.
  std::chrono::microseconds until_answered{}, until_connected{}, until_audio{};
  VoiceQuality quality;  // of what we hear

  // Of 1, what never came.
  double loss() const;
  // Of 1, of what was played: made up for what did not come, or not in time.
  double concealed() const;
};

// From what the rest says; the delay is half the round trip, a packet, and our own latency.
VoiceQuality quality_of(const CallStats& stats);

// "OPUS, loss 0.0 %, concealed 0.0 %, jitter 1.2 ms, round trip 40 ms, MOS 4.4", for a person.
std::string to_text(const CallStats& stats);

}  // namespace rc::call
