// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"

namespace rc::phone {

// A Binding request (RFC 8489) with that transaction id of 12 bytes.
std::string stun_request(std::string_view id);
// "203.0.113.7:54321": how the server sees us, from its answer to the request of that id.
Result<std::string> read_stun_answer(std::string_view bytes, std::string_view id);

// Asks a STUN server how it sees us: whether UDP gets out and back, which calls need. Three
// requests within 2 s. Thread: signalling; destroying it drops the callback.
class StunProbe {
 public:
  // kConfig: no host:port; kNetwork: no such host; kTimeout: no answer.
  using Done = std::function<void(Result<std::string>)>;

  // `done` once, never inside this.
  StunProbe(Clock& clock, const std::string& server, Done done);
  ~StunProbe();
  StunProbe(const StunProbe&) = delete;
  StunProbe& operator=(const StunProbe&) = delete;

 private:
  class Exchange;
  std::shared_ptr<Exchange> exchange_;
};

}  // namespace rc::phone
