// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"
#include "sip/params.h"

namespace rc::sip {

// A URI (RFC 3261 19.1). All parts are kept as written, with their %-escapes.
// sip: and sips: are taken apart; of any other scheme only `scheme` and `opaque` are set.
struct Uri {
  std::string scheme = "sip";  // lower case
  std::string user;            // escaped; empty: no user part
  std::string password;        // escaped; never written into a log
  std::string host;            // name, IPv4, or IPv6 in brackets
  uint16_t port = 0;           // 0: none given
  Params params;
  std::string headers;  // what follows '?', without it
  std::string opaque;   // other schemes: all that follows ':'

  // The whole text must be one URI, without <>. Takes RingCentral's bare '#' in the user part.
  static Result<Uri> parse(std::string_view text);

  bool is_sip() const { return scheme == "sip" || scheme == "sips"; }
  bool is_loose_router() const { return params.has("lr"); }
  std::string user_text() const;  // unescaped; may hold any byte, %00 included
  std::string to_string() const;
};

// RFC 3261 19.1.4: escapes undone, host without case, user with case, no default port assumed;
// user, ttl, method, maddr and transport count when only one side has them.
bool equivalent(const Uri& a, const Uri& b);

// Escapes what a SIP user part may not hold: "#996016" becomes "%23996016".
std::string escape_user(std::string_view text);

}  // namespace rc::sip
