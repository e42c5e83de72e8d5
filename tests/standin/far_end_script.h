// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the far end of a call does, step by step: read from a JSON file or built by the command line
// of rc-standin (rc-standin.1 tells the words).
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "json_text.h"

namespace standin {

struct FarEndStep {
  enum class Kind {
    kControl,      // a request of the control API, over at once
    kPlay,         // the same, over when the sound has been sent
    kDtmf,         // the same, over when the digits have been sent
    kWait,         // over after time
    kUntilHangUp,  // over when the client hangs up; a failure after time
    kHangUp,
  };
  Kind kind = Kind::kHangUp;
  std::string path;  // "/faults"; "*" stands for the call's id, "+" for the client's extension
  std::string body;
  std::chrono::milliseconds time{0};
  std::size_t digits = 0;
};

struct FarEndScript {
  std::string call;    // the extension that is called, or
  std::string answer;  // the number that is answered
  std::string from;    // empty: the stand-in's usual caller
  std::string name;
  std::string codec;                       // opus, pcmu, pcma; empty: all
  std::string record;                      // WAV file of what the client says; empty: none
  std::chrono::milliseconds ring{60'000};  // so long a caller waits for an answer
  std::optional<Json> sip;                 // as in the control API
  std::optional<Json> media;               // the same; in place of codec and record
  std::vector<FarEndStep> steps;           // from the answer on; then it hangs up
};

// One step by its word ("say") and value, as on the command line. Empty = good, else what is wrong.
std::string add_step(FarEndScript& script, const std::string& word, const std::string& value);
bool is_step(const std::string& word);

// A value of the command line: from, name, codec, record, ring.
std::string set_value(FarEndScript& script, const std::string& word, const std::string& value);

// Adds what a JSON text says. Empty = good, else what is wrong, with the number of the step.
std::string add_json(FarEndScript& script, const std::string& text);

}  // namespace standin
