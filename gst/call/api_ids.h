// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace rc::call {

// The "key=value;key=value" of p-rc-api-ids and p-rc-api-call-info: any order, blanks around,
// at most 32 pairs; values as they came.
std::map<std::string, std::string> parse_pairs(std::string_view header);

// The call's names in REST and events: "party-id=p-...-2;session-id=s-...".
struct ApiIds {
  std::string session_id, party_id;  // empty = absent or not an id (at most 128 of [0-9a-zA-Z_-])
  static ApiIds parse(std::string_view header);
};

}  // namespace rc::call
