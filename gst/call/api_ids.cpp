// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/api_ids.h"

#include <algorithm>
#include <cctype>

#include "core/text.h"

namespace rc::call {
namespace {

constexpr size_t kMaxPairs = 32;
constexpr size_t kMaxId = 128;

std::string id_or_nothing(std::string_view text) {
  const bool good = text.size() <= kMaxId && std::all_of(text.begin(), text.end(), [](char c) {
                      return isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
                    });
  return good ? std::string(text) : std::string();
}

}  // namespace

std::map<std::string, std::string> parse_pairs(std::string_view header) {
  std::map<std::string, std::string> pairs;
  while (!header.empty() && pairs.size() < kMaxPairs) {
    const size_t end = std::min(header.find(';'), header.size());
    const std::string_view pair = header.substr(0, end);
    if (const size_t equals = pair.find('='); equals != std::string_view::npos)
      pairs.emplace(to_lower(trim(pair.substr(0, equals))), trim(pair.substr(equals + 1)));
    header.remove_prefix(std::min(end + 1, header.size()));
  }
  return pairs;
}

ApiIds ApiIds::parse(std::string_view header) {
  auto pairs = parse_pairs(header);
  return {id_or_nothing(pairs["session-id"]), id_or_nothing(pairs["party-id"])};
}

}  // namespace rc::call
