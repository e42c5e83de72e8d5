// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rc::sip {

// The ";name=value" list of a URI or a header, in the order of the wire. Names are compared without
// case. Values are kept as written (escapes and quotes included), so that an echo is exact.
class Params {
 public:
  struct Item {
    std::string name;
    std::string value;       // as on the wire
    bool has_value = false;  // false: a flag such as ;lr
  };

  // The whole text must be parameters, each begun by ';' (or be empty). A header's values may be
  // quoted and have space around; a URI's have neither but %-escapes.
  static std::optional<Params> parse_header(std::string_view text);
  static std::optional<Params> parse_uri(std::string_view text);

  bool has(std::string_view name) const;
  // The value without its quotes; empty for a flag; none when the parameter is absent.
  std::optional<std::string> get(std::string_view name) const;

  // Each replaces a parameter of that name in its place or appends one.
  void set(std::string_view name, std::string_view value);
  void set_quoted(std::string_view name, std::string_view text);  // adds quotes and backslashes
  void set_flag(std::string_view name);
  void remove(std::string_view name);

  bool empty() const { return items_.empty(); }
  const std::vector<Item>& items() const { return items_; }
  std::string to_string() const;  // ";a=b;c", empty for none

 private:
  Item& item(std::string_view name);
  std::vector<Item> items_;
};

}  // namespace rc::sip
