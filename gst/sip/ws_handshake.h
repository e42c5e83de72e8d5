// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::sip {

// The HTTP upgrade that opens a WebSocket for SIP (RFC 6455 4, RFC 7118): our request and the
// server's answer to it. Pure: no socket. Used once.
class WsHandshake {
 public:
  static constexpr size_t kMaxAnswerBytes = 16 * 1024;

  // `host` as in a URL: "sip.example.com:8083". `key` is 16 random bytes in Base64 (4.1).
  WsHandshake(std::string host, std::string user_agent, std::string key);
  static std::string random_key();

  std::string request() const;
  // All bytes of the answer so far: the size of its head, what follows are frames; none: it has not
  // ended yet. kRejected: the server answered, but takes no SIP here; kProtocol: it is no answer.
  Result<std::optional<size_t>> check(std::string_view answer) const;

 private:
  Result<void> check_head(std::string_view head) const;

  const std::string host_, user_agent_, key_;
};

}  // namespace rc::sip
