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

// A body, or what a multipart body comes down to; views into the message that owns the body.
struct BodyPart {
  std::string type;         // lower case; text/plain when a part does not say (RFC 2046)
  std::string disposition;  // lower case; empty: none given
  // May be ignored when not understood: handling=optional, or one of several alternatives.
  bool optional = false;
  bool encoded = false;      // base64, gzip...: the content is not what the type says
  std::string_view content;  // may hold any byte, NUL included

  bool is_sdp() const;  // a description of the session that can be read
};

// What the headers of a message or part say of its body.
struct BodyHeaders {
  std::string_view type, disposition, encoding, transfer_encoding;  // empty: not given
};

// The parts of a body in order, multiparts within multiparts taken apart. Empty when there is no
// body, a boundary is not found, or there are more than kMaxBodyParts. A multipart deeper than
// kMaxBodyDepth stays one part.
std::vector<BodyPart> read_body_parts(const BodyHeaders& headers, std::string_view body);

}  // namespace rc::sip
