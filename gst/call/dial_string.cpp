// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/dial_string.h"

#include <glib.h>

#include <algorithm>
#include <array>

#include "core/text.h"

namespace rc::call {
namespace {

constexpr size_t kMaxNumber = 40;
constexpr size_t kMaxToken = 128;
// With a country code and "+", shorter ones than this are no subscriber's (E.164: at least 7).
constexpr size_t kShortestSubscriber = 7;

// ITU and national emergency and crisis numbers, and RingCentral's test number 933, which reads the
// emergency address to whoever calls.
constexpr std::array<std::string_view, 15> kEmergency = {"911", "112", "999", "988",  "000",
                                                         "110", "111", "113", "115",  "117",
                                                         "118", "119", "933", "1911", "1999"};

bool is_feature(std::string_view text) {
  const size_t prefix = text.starts_with("conf_") ? 5 : text.starts_with("prk") ? 3 : 0;
  const std::string_view rest = text.substr(prefix);
  return prefix > 0 && !rest.empty() && rest.size() <= kMaxToken &&
         std::all_of(rest.begin(), rest.end(),
                     [](char c) { return g_ascii_isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

bool is_number(std::string_view digits) {
  return !digits.empty() && digits.size() <= kMaxNumber &&
         std::all_of(digits.begin(), digits.end(),
                     [](char c) { return g_ascii_isdigit(c) || c == '*'; });
}

// "911" of "*67911": a code such as "withhold my number" may stand ahead of any number.
std::string_view without_codes(std::string_view digits) {
  constexpr size_t kCode = 3;
  while (digits.starts_with('*') && digits.size() > kCode) digits.remove_prefix(kCode);
  return digits;
}

// Also "+44 999" and "+1 911".
bool is_emergency(std::string_view digits, bool international) {
  digits = without_codes(digits);
  const bool is_short = international && digits.size() < kShortestSubscriber;
  return std::any_of(kEmergency.begin(), kEmergency.end(), [&](std::string_view number) {
    return is_short ? digits.ends_with(number) : digits == number;
  });
}

Error bad_number(std::string_view text) {
  return {Errc::kConfig, "cannot dial \"" + clean_text(text) +
                             "\": give a number such as +12025550100, an extension or a * code"};
}

}  // namespace

std::string without_separators(std::string_view number) {
  std::string digits(number);
  std::erase_if(digits,
                [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.'; });
  return digits;
}

Result<std::string> parse_dial_string(std::string_view text, bool allow_emergency) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  if (is_feature(text)) return std::string(text);
  const bool international = text.starts_with('+');
  std::string digits = without_separators(text.substr(international ? 1 : 0));
  if (!is_number(digits)) return bad_number(text);
  if (!allow_emergency && is_emergency(digits, international))
    return Error{Errc::kConfig,
                 "refused to dial the emergency number " + digits +
                     ": set allow-emergency if this phone's registered address is right"};
  return digits;
}

}  // namespace rc::call
