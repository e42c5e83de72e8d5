// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

namespace rc::phone {

// Waits between attempts to connect: at once, then 1, 2, 4, 8, 16, at most 30 s, each with up to
// 40 % more at random, so that a server that comes back is not met by all its phones at once
// (what RingCentral's softphone SDK does, and Twilio's jitter: reliability.md 3).
class Backoff {
 public:
  std::chrono::milliseconds next();
  void reset() { attempts_ = 0; }

 private:
  int attempts_ = 0;
};

}  // namespace rc::phone
