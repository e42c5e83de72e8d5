// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/call_info.h"

namespace rc::call {

const char* to_string(Direction direction) {
  return direction == Direction::kInbound ? "inbound" : "outbound";
}

const char* to_string(CallState state) {
  switch (state) {
    case CallState::kRinging:
      return "ringing";
    case CallState::kDialing:
      return "dialing";
    case CallState::kAnswered:
      return "answered";
    case CallState::kConnected:
      return "connected";
    case CallState::kEnded:
      return "ended";
  }
  return "";
}

const char* to_string(EndedBy who) {
  switch (who) {
    case EndedBy::kNobody:
      return "";
    case EndedBy::kUs:
      return "us";
    case EndedBy::kThem:
      return "them";
    case EndedBy::kFailure:
      return "failure";
  }
  return "";
}

}  // namespace rc::call
