// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "sip/params.h"

namespace rc::sip {

// What every branch of an RFC 3261 element begins with (8.1.1.7).
constexpr std::string_view kBranchCookie = "z9hG4bK";

struct Via {
  std::string transport;  // as written: WSS, WS, TLS, UDP or any token
  std::string host;
  uint16_t port = 0;  // 0: none given
  Params params;

  static Result<Via> parse(std::string_view text);

  std::string branch() const { return params.get("branch").value_or(""); }
  std::string sent_by() const;  // host[:port], lower case: half of a server transaction's key
  std::string to_string() const;
};

}  // namespace rc::sip
