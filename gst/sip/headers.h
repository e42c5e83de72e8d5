// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace rc::sip {

// What the parser knows of a header by its name. Names are compared without case.

// The long form of a header name: "v" gives "Via"; others are returned as they are.
std::string_view long_name(std::string_view name);

// Whether the grammar makes it a comma list.
bool is_list_header(std::string_view name);

// Whether a message may hold it in one line only.
bool is_single_header(std::string_view name);

// Place in a message we write; what proxies read comes first (RFC 3261 7.3.1).
int header_rank(std::string_view name);

}  // namespace rc::sip
