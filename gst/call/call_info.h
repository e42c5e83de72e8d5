// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

namespace rc::call {

enum class Direction { kInbound, kOutbound };

// kRinging (inbound) or kDialing (outbound) -> kAnswered (200 and ACK under way)
// -> kConnected (DTLS up, audio may flow) -> kEnded. kEnded follows any state, once.
enum class CallState { kRinging, kDialing, kAnswered, kConnected, kEnded };

// Whether the far end's audio comes. kNone before kConnected; kFlowing also while it may stay away,
// because the call is held; kStalled: nothing for 1.2 s; kTimedOut: for 15 s, or for 30 s at first.
enum class MediaFlow { kNone, kFlowing, kStalled, kTimedOut };
inline const char* to_string(MediaFlow flow) {
  switch (flow) {
    case MediaFlow::kNone:
      return "";
    case MediaFlow::kFlowing:
      return "flowing";
    case MediaFlow::kStalled:
      return "stalled";
    case MediaFlow::kTimedOut:
      return "timed-out";
  }
  return "";
}

enum class EndedBy { kNobody, kUs, kThem, kFailure };

// What an application is told about a call; a copy, good for any thread. All text that came from
// the wire has passed clean_text().
struct CallInfo {
  std::string id;  // ours: "c-" and 12 of [0-9a-z], unique in the process
  Direction direction = Direction::kInbound;
  CallState state = CallState::kRinging;
  std::string from_number, from_name;  // E.164 with plus, an extension, or "anonymous"
  std::string to_number, to_name;
  std::string session_id, party_id;  // RingCentral's telephony session, as in REST and events
  std::string queue;                 // the call queue's name, if the call came through one
  bool seated = false;               // an rcsrc carries it
  std::string codec;                 // "OPUS", "PCMU", "PCMA" once agreed
  MediaFlow media = MediaFlow::kNone;
  std::chrono::microseconds media_gap{};  // how long nothing has come, or had not when it flows
  EndedBy ended_by = EndedBy::kNobody;
  int status = 0;                              // SIP status of a failed call, 0 = none
  std::string reason;                          // one sentence for a person, when ended
  std::chrono::system_clock::time_point at{};  // when it was so
  // Wall clock; zero = not yet.
  std::chrono::system_clock::time_point started_at{}, answered_at{}, ended_at{};
};

const char* to_string(Direction direction);  // "inbound", "outbound"
const char* to_string(CallState state);      // "ringing", "dialing", "answered", ...
const char* to_string(EndedBy who);          // "", "us", "them", "failure"

}  // namespace rc::call
