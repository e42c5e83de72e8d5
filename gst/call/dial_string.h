// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::call {

// The user part of the Request-URI for what a person dials (protocol/ringcentral.md 5.1): a number
// with or without "+" and punctuation ("+1 (202) 555-0100" gives "12025550100"), an extension, a
// "*" code, "prk<id>" or "conf_<token>". kConfig says what is wrong with it.
//
// Emergency numbers are refused unless allowed: a headless process has no location to send help to.
Result<std::string> parse_dial_string(std::string_view text, bool allow_emergency);

// A number without the " ", "-", ".", "(" and ")" that people write into it.
std::string without_separators(std::string_view number);

}  // namespace rc::call
