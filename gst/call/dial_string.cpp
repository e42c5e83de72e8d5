// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/dial_string.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "core/text.h"

namespace rc::call {
namespace {

constexpr size_t kMaxNumber = 40;
constexpr size_t kMaxToken = 128;

// ITU and national emergency and crisis numbers; 933 is RingCentral's test number and allowed.
constexpr std::array<std::string_view, 14> kEmergency = {"911", "112", "999",  "988", "000",
                                                         "110", "111", "113",  "115", "117",
                                                         "118", "119", "1911", "1999"};

bool is_feature(std::string_view text) {
  const size_t prefix = text.starts_with("conf_") ? 5 : text.starts_with("prk") ? 3 : 0;
  const std::string_view rest = text.substr(prefix);
  return prefix > 0 && !rest.empty() && rest.size() <= kMaxToken &&
         std::all_of(rest.begin(), rest.end(), [](unsigned char c) {
           return isalnum(c) || c == '-' || c == '_' || c == '.';
         });
}

bool is_number(std::string_view digits) {
  return !digits.empty() && digits.size() <= kMaxNumber &&
         std::all_of(digits.begin(), digits.end(),
                     [](unsigned char c) { return isdigit(c) || c == '*'; });
}

Error bad_number(std::string_view text) {
  return {Errc::kConfig, "cannot dial \"" + clean_text(text) +
                             "\": give a number such as +12025550100, an extension or a * code"};
}

}  // namespace

Result<std::string> parse_dial_string(std::string_view text, bool allow_emergency) {
  text = trim(text);
  if (is_feature(text)) return std::string(text);
  std::string digits(text.starts_with("+") ? text.substr(1) : text);
  std::erase_if(digits,
                [](char c) { return c == ' ' || c == '-' || c == '(' || c == ')' || c == '.'; });
  if (!is_number(digits)) return bad_number(text);
  if (!allow_emergency &&
      std::find(kEmergency.begin(), kEmergency.end(), digits) != kEmergency.end())
    return Error{Errc::kConfig,
                 "refused to dial the emergency number " + digits +
                     ": set allow-emergency if this phone's registered address is right"};
  return digits;
}

}  // namespace rc::call
