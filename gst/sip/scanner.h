// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rc::sip {

// Character classes of the RFC 3261 grammar (25.1).
bool is_token_char(char c);
bool is_token(std::string_view text);  // not empty
bool has_only(std::string_view text, bool (*is_allowed)(char));
bool is_unreserved(char c);                     // alphanum and mark
bool is_visible(char c);                        // no space, no control; UTF-8 bytes are visible
bool has_valid_escapes(std::string_view text);  // every '%' begins two hex digits

// Reads one unfolded header value from left to right. Views are into the text given.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  std::string_view rest() const { return rest_; }
  char peek() const { return rest_.empty() ? '\0' : rest_.front(); }

  void skip_space();
  // Takes the separator with the space around it (RFC 3261: SEMI, COMMA, EQUAL, SLASH...).
  bool take(char separator);
  std::string_view take_while(bool (*is_wanted)(char));
  std::string_view take_token() { return take_while(is_token_char); }
  std::string_view take_until(std::string_view stops);  // up to the first of these, or all
  // A quoted string with its quotes; none when it does not begin here or does not end.
  std::optional<std::string_view> take_quoted();

 private:
  std::string_view rest_;
};

// Entries of a comma list; commas within quotes or <> do not split. Empty entries are left
// out. None when a quote or a bracket is not closed.
std::optional<std::vector<std::string_view>> split_list(std::string_view value);

std::string unquote(std::string_view text);  // text without quotes is returned as it is
std::string quote(std::string_view text);
std::string unescape(std::string_view text);  // %HH; what is no escape stays

}  // namespace rc::sip
