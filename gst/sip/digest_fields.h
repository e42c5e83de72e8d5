// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rc::sip {

// The fields of a Digest challenge or answer: lower-case name to unquoted value.
class DigestFields {
 public:
  // None when the scheme is not Digest, when malformed, or when a name comes twice.
  static std::optional<DigestFields> parse(std::string_view value);

  bool has(const std::string& name) const { return fields_.count(name) != 0; }
  std::string get(const std::string& name) const;  // empty when absent

 private:
  std::map<std::string, std::string> fields_;
};

// The challenges in one header value. Most servers write one a line; the HTTP grammar lets several
// share a line, apart by the commas that part their fields too.
std::vector<std::string_view> split_challenges(std::string_view value);

}  // namespace rc::sip
