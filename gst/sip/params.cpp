// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/params.h"

#include <algorithm>

#include "core/text.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

// More than token / host / quoted-string: real peers write '/', '@' and '=' into tags and branches.
bool is_value_char(char c) {
  return is_visible(c) && std::string_view(";,\"<>").find(c) == std::string_view::npos;
}

// RFC 3261 25.1 paramchar, and the '#' that RingCentral writes into URIs.
bool is_uri_param_char(char c) {
  return is_unreserved(c) ||
         (c != '\0' && std::string_view("[]/:&+$%#").find(c) != std::string_view::npos);
}

bool take_header_param(Scanner& in, Params::Item& item) {
  item.name = in.take_token();
  if (item.name.empty()) return false;
  item.has_value = in.take('=');
  if (!item.has_value) return true;
  if (in.peek() == '"') {
    const auto quoted = in.take_quoted();
    item.value = quoted.value_or("");
    return quoted.has_value();
  }
  item.value = in.take_while(is_value_char);
  return !item.value.empty();
}

bool is_good_uri_param(const Params::Item& item) {
  return !item.name.empty() && has_only(item.name, is_uri_param_char) &&
         has_only(item.value, is_uri_param_char) && has_valid_escapes(item.name) &&
         has_valid_escapes(item.value);
}

}  // namespace

std::optional<Params> Params::parse_header(std::string_view text) {
  Params params;
  Scanner in(text);
  while (in.take(';')) {
    Item item;
    if (!take_header_param(in, item)) return std::nullopt;
    params.items_.push_back(std::move(item));
  }
  in.skip_space();
  if (!in.at_end()) return std::nullopt;
  return params;
}

std::optional<Params> Params::parse_uri(std::string_view text) {
  Params params;
  Scanner in(text);
  while (in.take(';')) {
    Item item;
    const std::string_view pair = in.take_until(";");
    const size_t equals = pair.find('=');
    item.name = pair.substr(0, equals);
    item.has_value = equals != std::string_view::npos;
    if (item.has_value) item.value = pair.substr(equals + 1);
    if (!is_good_uri_param(item)) return std::nullopt;
    params.items_.push_back(std::move(item));
  }
  if (!in.at_end()) return std::nullopt;
  return params;
}

bool Params::has(std::string_view name) const { return get(name).has_value(); }

std::optional<std::string> Params::get(std::string_view name) const {
  for (const Item& item : items_) {
    if (equals_ignore_case(item.name, name)) return unquote(item.value);
  }
  return std::nullopt;
}

Params::Item& Params::item(std::string_view name) {
  const auto found = std::find_if(items_.begin(), items_.end(), [name](const Item& item) {
    return equals_ignore_case(item.name, name);
  });
  if (found != items_.end()) return *found;
  return items_.emplace_back(Item{std::string(name), {}, false});
}

void Params::set(std::string_view name, std::string_view value) {
  Item& changed = item(name);
  changed.value = value;
  changed.has_value = true;
}

void Params::set_quoted(std::string_view name, std::string_view text) { set(name, quote(text)); }

void Params::set_flag(std::string_view name) {
  Item& changed = item(name);
  changed.value.clear();
  changed.has_value = false;
}

void Params::remove(std::string_view name) {
  std::erase_if(items_, [name](const Item& item) { return equals_ignore_case(item.name, name); });
}

std::string Params::to_string() const {
  std::string out;
  for (const Item& item : items_) {
    out += ';' + item.name;
    if (item.has_value) out += '=' + item.value;
  }
  return out;
}

}  // namespace rc::sip
