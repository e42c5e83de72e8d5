// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

namespace rc::call {

// Who answers an incoming call.
enum class AnswerPolicy {
  kAuto,    // a free seat does: a pipeline that plays an rcsrc is there to take calls
  kRing,    // the application does, with answer()
  kReject,  // nobody: every call is declined
};

struct LineOptions {
  AnswerPolicy answer = AnswerPolicy::kAuto;
  std::chrono::milliseconds answer_delay{0};  // ring at least so long before the automatic answer
  size_t max_calls = 50;                      // at a time; one more incoming call gets 486
  size_t max_ringing = 8;                     // incoming calls not answered yet; one more gets 486
  std::chrono::seconds ring_limit{180};       // an outgoing call that nobody answers is cancelled
  std::chrono::seconds media_timeout{60};     // a call without audio for so long ends; 0 = never
  // Between two reports of a call's numbers; 0 = only at its end. New numbers of the far end come
  // with its RTCP, each 5 s (RFC 3550 6.2).
  std::chrono::milliseconds stats_interval{5000};
  std::string caller_id;  // number for P-Asserted-Identity; empty: the account's default
  bool allow_emergency = false;
};

}  // namespace rc::call
