// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip_text.h"

#include <glib.h>

#include <algorithm>
#include <charconv>

namespace standin {
namespace {

// Cuts the next line off text; the line end may be CRLF or LF.
std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

bool parse_status_line(std::string_view line, SipMessage& message) {
  if (line.size() < 11) return false;
  const std::string_view code = line.substr(8, 3);
  const auto parsed = std::from_chars(code.data(), code.data() + code.size(), message.status);
  message.reason = line.size() > 12 ? line.substr(12) : "";
  return parsed.ec == std::errc() && parsed.ptr == code.data() + 3;
}

bool parse_request_line(std::string_view line, SipMessage& message) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) return false;
  message.method = line.substr(0, first);
  message.uri = line.substr(first + 1, last - first - 1);
  return equal_nocase(line.substr(last + 1), "SIP/2.0");
}

bool parse_headers(std::string_view& text, SipMessage& message) {
  for (auto line = take_line(text); !line.empty(); line = take_line(text)) {
    if ((line[0] == ' ' || line[0] == '\t') && !message.headers.empty()) {
      message.headers.back().value.append(" ").append(trim(line));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    message.add(full_header_name(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
  }
  return true;
}

// Position behind the closing '>' of a name-addr, 0 when there are no brackets.
std::size_t after_brackets(std::string_view value) {
  bool quoted = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] == '\\' && quoted) {
      ++i;
    } else if (value[i] == '"') {
      quoted = !quoted;
    } else if (value[i] == '>' && !quoted) {
      return i + 1;
    }
  }
  return 0;
}

}  // namespace

bool equal_nocase(std::string_view a, std::string_view b) {
  return a.size() == b.size() && g_ascii_strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string_view SipMessage::get(std::string_view name) const {
  for (const auto& header : headers) {
    if (equal_nocase(header.name, name)) return header.value;
  }
  return {};
}

std::size_t SipMessage::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      headers.begin(), headers.end(), [&](const auto& h) { return equal_nocase(h.name, name); }));
}

SipMessage& SipMessage::add(std::string_view name, std::string_view value) {
  headers.push_back({std::string(name), std::string(value)});
  return *this;
}

std::vector<std::string> SipMessage::list(std::string_view name) const {
  std::vector<std::string> out;
  for (const auto& header : headers) {
    if (!equal_nocase(header.name, name)) continue;
    for (auto& value : split_list(header.value)) out.push_back(std::move(value));
  }
  return out;
}

SipMessage& SipMessage::replace(const std::vector<SipHeader>& with) {
  std::erase_if(headers, [&](const auto& old) {
    return std::any_of(with.begin(), with.end(),
                       [&](const auto& h) { return equal_nocase(h.name, old.name); });
  });
  headers.insert(headers.end(), with.begin(), with.end());
  return *this;
}

std::optional<SipMessage> parse_sip(std::string_view text) {
  SipMessage message;
  const auto line = take_line(text);
  const bool ok = starts_with(line, "SIP/2.0 ") ? parse_status_line(line, message)
                                                : parse_request_line(line, message);
  if (!ok || !parse_headers(text, message)) return std::nullopt;
  message.body = text;
  return message;
}

std::string uri_of(std::string_view name_addr) {
  const auto end = after_brackets(name_addr);
  if (end == 0) return std::string(trim(name_addr.substr(0, name_addr.find(';'))));
  const auto start = name_addr.rfind('<', end);
  if (start == std::string_view::npos) return {};
  return std::string(name_addr.substr(start + 1, end - start - 2));
}

std::string user_of(std::string_view uri) {
  const auto colon = uri.find(':');
  if (colon == std::string_view::npos) return {};
  uri.remove_prefix(colon + 1);
  const auto at = uri.find('@');
  return at == std::string_view::npos ? std::string() : std::string(uri.substr(0, at));
}

std::optional<std::string> header_param(std::string_view value, std::string_view name) {
  value.remove_prefix(after_brackets(value));
  while (!value.empty()) {
    const auto semicolon = value.find(';');
    const auto part = trim(value.substr(0, semicolon));
    const auto equals = part.find('=');
    if (equal_nocase(trim(part.substr(0, equals)), name)) {
      auto found = equals == std::string_view::npos ? "" : trim(part.substr(equals + 1));
      if (found.size() >= 2 && found.front() == '"') found = found.substr(1, found.size() - 2);
      return std::string(found);
    }
    value.remove_prefix(semicolon == std::string_view::npos ? value.size() : semicolon + 1);
  }
  return std::nullopt;
}

std::string tag_of(std::string_view name_addr) {
  return header_param(name_addr, "tag").value_or("");
}

std::string branch_of(const SipMessage& message) {
  const std::string_view via = message.get("Via");
  return header_param(via.substr(0, via.find(',')), "branch").value_or("");
}

bool has_option(const SipMessage& message, std::string_view header, std::string_view option) {
  const auto options = message.list(header);
  return std::any_of(options.begin(), options.end(),
                     [&](const auto& each) { return equal_nocase(each, option); });
}

std::uint64_t number_in(const SipMessage& message, std::string_view header) {
  return g_ascii_strtoull(std::string(message.get(header)).c_str(), nullptr, 10);
}

std::optional<CSeq> cseq_of(const SipMessage& message) {
  const auto value = message.get("CSeq");
  CSeq cseq;
  const auto parsed = std::from_chars(value.data(), value.data() + value.size(), cseq.number);
  if (parsed.ec != std::errc()) return std::nullopt;
  cseq.method = trim(value.substr(static_cast<std::size_t>(parsed.ptr - value.data())));
  return cseq;
}

}  // namespace standin
