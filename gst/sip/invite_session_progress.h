// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "sip/message.h"

namespace rc::sip {

// The reliable provisional responses to an INVITE of ours (RFC 3262 4), each early dialog counted
// for itself. Nobody is told that we know them, but who sends them all the same is acknowledged.
// Part of a session. Thread: signalling.
class ReliableProgress {
 public:
  static bool is_reliable(const Message& response) {
    return response.has_token("Require", "100rel");
  }
  // Whether it is the next one of its dialog, to be worked on and acknowledged; others are repeats,
  // have overtaken one that is still to come, or make no sense.
  bool take(const Message& response);
  // The answer to our offer that came in that dialog; the 2xx need not have it again. Or empty.
  std::string answer(const std::string& to_tag) const;

 private:
  struct Early {
    uint32_t rseq = 0;  // of the last one
    std::string answer;
  };
  std::map<std::string, Early> dialogs_;  // by To tag
};

}  // namespace rc::sip
