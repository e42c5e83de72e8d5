// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"
#include "sip/params.h"
#include "sip/uri.h"

namespace rc::sip {

// An entry of From, To, Contact, Route, Record-Route, Refer-To, P-Asserted-Identity...
// Parameters after an unbracketed URI are the header's (RFC 3261 20.10), never the URI's.
struct NameAddr {
  std::string display;  // without quotes and backslashes; bytes from the wire, see clean_text()
  Uri uri;
  Params params;
  bool wildcard = false;  // Contact: *

  static Result<NameAddr> parse(std::string_view text);

  std::string tag() const { return params.get("tag").value_or(""); }  // empty: none (RFC 2543)
  std::string to_string() const;                                      // always with <>
};

}  // namespace rc::sip
