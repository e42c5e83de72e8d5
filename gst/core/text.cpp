// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/text.h"

#include <glib.h>

#include <algorithm>
#include <charconv>

namespace rc {
namespace {

// Bidi controls reorder what stands beside them in a log or a table (Unicode TR 36).
bool is_bidi_control(gunichar c) {
  return c == 0x061C || c == 0x200E || c == 0x200F || (c >= 0x202A && c <= 0x202E) ||
         (c >= 0x2066 && c <= 0x2069);
}

bool is_shown(gunichar c) {
  return !g_unichar_iscntrl(c) && !is_bidi_control(c) && c != 0x2028 && c != 0x2029;
}

}  // namespace

std::string clean_text(std::string_view raw) {
  if (raw.empty()) return {};  // its data may be null
  char* valid = g_utf8_make_valid(raw.data(), static_cast<gssize>(raw.size()));
  std::string out;
  size_t shown = 0;
  for (const char* p = valid; *p != '\0' && shown < kMaxShownCharacters; p = g_utf8_next_char(p)) {
    if (!is_shown(g_utf8_get_char(p))) continue;
    out.append(p, static_cast<size_t>(g_utf8_next_char(p) - p));
    ++shown;
  }
  g_free(valid);
  return out;
}

std::optional<uint64_t> parse_number(std::string_view text, uint64_t max) {
  uint64_t value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (text.empty() || error != std::errc() || rest != end || value > max) return std::nullopt;
  return value;
}

bool is_header_safe(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

bool equals_ignore_case(std::string_view a, std::string_view b) {
  // Not g_ascii_strncasecmp(): it stops at a NUL.
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return g_ascii_tolower(x) == g_ascii_tolower(y); });
}

std::string to_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = g_ascii_tolower(c);
  return out;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace rc
