// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Text to speech by espeak-ng, run as a child process; no shell, the text goes through its stdin.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// What may be spoken: printable characters, at most 2000 bytes of valid UTF-8. espeak-ng reads
// "[[...]]" as phonemes and "<...>" as markup, so brackets become blanks.
std::string speakable(std::string_view text);

// Calls back once, on a thread of its own or on the caller's, with kAudioRate mono samples; empty =
// espeak-ng failed or is not installed. The child is killed when the returned handle goes away.
class SpeechJob {
 public:
  using Done = std::function<void(std::vector<std::int16_t>)>;
  SpeechJob(std::string_view text, Done done);
  ~SpeechJob();
  SpeechJob(const SpeechJob&) = delete;
  SpeechJob& operator=(const SpeechJob&) = delete;

 private:
  struct Child;
  std::unique_ptr<Child> child_;
};

}  // namespace standin
