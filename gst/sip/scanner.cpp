// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/scanner.h"

#include <glib.h>

#include <algorithm>

#include "core/text.h"

namespace rc::sip {

bool is_token_char(char c) {
  return g_ascii_isalnum(c) ||
         (c != '\0' && std::string_view("-.!%*_+`'~").find(c) != std::string_view::npos);
}

bool has_only(std::string_view text, bool (*is_allowed)(char)) {
  return std::all_of(text.begin(), text.end(), is_allowed);
}

bool is_token(std::string_view text) { return !text.empty() && has_only(text, is_token_char); }

bool is_unreserved(char c) {
  return g_ascii_isalnum(c) || std::string_view("-_.!~*'()").find(c) != std::string_view::npos;
}

bool is_visible(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte != 0x7F;
}

bool has_valid_escapes(std::string_view text) {
  for (size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (i + 2 >= text.size()) return false;
    if (!g_ascii_isxdigit(text[i + 1]) || !g_ascii_isxdigit(text[i + 2])) return false;
  }
  return true;
}

void Scanner::skip_space() {
  take_while([](char c) { return c == ' ' || c == '\t'; });
}

bool Scanner::take(char separator) {
  const std::string_view before = rest_;
  skip_space();
  if (peek() != separator || at_end()) {
    rest_ = before;
    return false;
  }
  rest_.remove_prefix(1);
  skip_space();
  return true;
}

std::string_view Scanner::take_while(bool (*is_wanted)(char)) {
  const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_wanted);
  const std::string_view taken = rest_.substr(0, static_cast<size_t>(end - rest_.begin()));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::string_view Scanner::take_until(std::string_view stops) {
  const std::string_view taken = rest_.substr(0, rest_.find_first_of(stops));
  rest_.remove_prefix(taken.size());
  return taken;
}

std::optional<std::string_view> Scanner::take_quoted() {
  if (peek() != '"') return std::nullopt;
  for (size_t i = 1; i < rest_.size(); ++i) {
    if (rest_[i] == '\\') {
      ++i;
    } else if (rest_[i] == '"') {
      const std::string_view taken = rest_.substr(0, i + 1);
      rest_.remove_prefix(taken.size());
      return taken;
    }
  }
  return std::nullopt;
}

namespace {

// Moves over one list entry; false when a quote or a bracket stays open.
bool skip_entry(Scanner& in) {
  while (!in.at_end() && in.peek() != ',') {
    if (in.peek() == '"') {
      if (!in.take_quoted()) return false;
    } else if (in.peek() == '<') {
      in.take_until(">");
      if (!in.take('>')) return false;
    } else {
      in.take_until(in.peek() == '>' ? "," : "\"<,");
    }
  }
  return true;
}

}  // namespace

std::optional<std::vector<std::string_view>> split_list(std::string_view value) {
  std::vector<std::string_view> entries;
  Scanner in(value);
  while (!in.at_end()) {
    const std::string_view start = in.rest();
    if (!skip_entry(in)) return std::nullopt;
    const std::string_view entry = trim(start.substr(0, start.size() - in.rest().size()));
    if (!entry.empty()) entries.push_back(entry);
    in.take(',');
  }
  return entries;
}

std::string unquote(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  text = text.substr(1, text.size() - 2);
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) ++i;
    out += text[i];
  }
  return out;
}

std::string quote(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string unescape(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && has_valid_escapes(text.substr(i, std::min<size_t>(3, text.size() - i)))) {
      out += static_cast<char>(g_ascii_xdigit_value(text[i + 1]) * 16 +
                               g_ascii_xdigit_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace rc::sip
