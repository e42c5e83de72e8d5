// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/digest_fields.h"

#include "core/text.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

bool is_bare_value_char(char c) { return is_visible(c) && c != ',' && c != '"'; }

// "Digest realm=..." and not "realm=...".
bool begins_challenge(std::string_view entry) {
  Scanner in(entry);
  in.take_token();
  in.skip_space();
  return !in.take_token().empty() && in.take('=');
}

}  // namespace

std::optional<DigestFields> DigestFields::parse(std::string_view value) {
  Scanner in(trim(value));
  if (!equals_ignore_case(in.take_token(), "Digest")) return std::nullopt;
  in.skip_space();
  DigestFields out;
  do {
    const std::string name = to_lower(in.take_token());
    if (name.empty() || !in.take('=')) return std::nullopt;
    const std::string_view text =
        in.peek() == '"' ? in.take_quoted().value_or("") : in.take_while(is_bare_value_char);
    if (text.empty() || !out.fields_.emplace(name, unquote(text)).second) return std::nullopt;
  } while (in.take(','));
  return in.at_end() ? std::optional(out) : std::nullopt;
}

std::string DigestFields::get(const std::string& name) const {
  const auto found = fields_.find(name);
  return found == fields_.end() ? "" : found->second;
}

std::vector<std::string_view> split_challenges(std::string_view value) {
  std::vector<std::string_view> out;
  const auto entries = split_list(value);
  if (!entries) return out;
  for (const std::string_view entry : *entries) {
    if (out.empty() || begins_challenge(entry)) {
      out.push_back(entry);
    } else {
      const char* start = out.back().data();
      out.back() = {start, static_cast<size_t>(entry.data() + entry.size() - start)};
    }
  }
  return out;
}

}  // namespace rc::sip
