// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rc {

// Longest string from the wire that is shown to an application, in characters.
constexpr size_t kMaxShownCharacters = 256;

// What a string from the wire becomes before an application sees it: valid UTF-8 without control
// and bidi characters, at most kMaxShownCharacters. Bytes that are not UTF-8 become U+FFFD: one
// Latin-1 byte in a caller's name otherwise loses the whole tag (measured, GStreamer 1.22).
std::string clean_text(std::string_view raw);

// The decimal number that the whole text is, if it is one and <= max.
std::optional<uint64_t> parse_number(std::string_view text, uint64_t max);

// Whether text can be put into a header or a form field as it is: no CR, LF, NUL or other control.
bool is_header_safe(std::string_view text);

bool equals_ignore_case(std::string_view a, std::string_view b);  // ASCII only
std::string to_lower(std::string_view text);                      // ASCII only
std::string_view trim(std::string_view text);                     // spaces, tabs, CR, LF

}  // namespace rc
