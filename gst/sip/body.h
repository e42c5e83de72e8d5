// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "sip/params.h"

namespace rc::sip {

// Content-Type: type and subtype in lower case ("application/sdp"), parameters apart.
struct ContentType {
  std::string type;
  Params params;

  static Result<ContentType> parse(std::string_view text);
};

// A part of a multipart body; views into the message that owns the body.
struct BodyPart {
  std::string type;          // lower case; text/plain when the part does not say (RFC 2046)
  std::string disposition;   // lower case; empty: none given
  bool optional = false;     // handling=optional: may be ignored when not understood
  std::string_view content;  // may hold any byte, NUL included
};

// Parts of a multipart/* body, in order; empty when the boundary is not found.
// At most kMaxBodyParts, no nesting: a nested multipart is one part.
std::vector<BodyPart> split_multipart(std::string_view body, std::string_view boundary);

}  // namespace rc::sip
