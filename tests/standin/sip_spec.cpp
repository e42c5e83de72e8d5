// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip_spec.h"

#include <algorithm>

namespace standin {
namespace {

// "4d61" -> "Ma"; nothing when it is no such text.
std::optional<std::string> from_hex(std::string_view hex) {
  std::string out;
  if (hex.size() % 2 != 0) return std::nullopt;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    const int high = g_ascii_xdigit_value(hex[i]);
    const int low = g_ascii_xdigit_value(hex[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

}  // namespace

std::vector<SipHeader> parse_headers(const std::optional<Json>& json) {
  std::vector<SipHeader> headers;
  if (!json) return headers;
  for (const auto& name : json->keys()) {
    for (const auto& value : json->texts(name.c_str())) headers.push_back({name, value});
  }
  return headers;
}

void apply_headers(SipMessage& message, const std::vector<SipHeader>& headers) {
  const auto is_via = [](const SipHeader& header) { return equal_nocase(header.name, "Via"); };
  auto others = headers;
  std::erase_if(others, is_via);
  message.replace(others);
  for (const auto& header : headers) {
    if (is_via(header)) message.add("Via", header.value);
  }
}

std::optional<SipSpec> parse_sip_spec(const std::optional<Json>& json, std::string& error) {
  SipSpec spec;
  if (!json) return spec;
  const auto form = parse_text_form(json->text("form"));
  const auto name = from_hex(json->text("raw_name"));
  if (!form) error = "sip: unknown form";
  if (!name) error = "sip: raw_name is not hexadecimal";
  if (!form || !name) return std::nullopt;
  spec.form = *form;
  spec.raw_name = *name;
  spec.headers = parse_headers(json->object("headers"));
  spec.ok_headers = parse_headers(json->object("ok_headers"));
  spec.cancel_on_answer = json->flag("cancel_on_answer");
  spec.answer_on_cancel = json->flag("answer_on_cancel");
  spec.reliable = json->flag("reliable");
  spec.min_se = json->number("min_se");
  spec.forks = std::clamp<std::int64_t>(json->number("forks"), 0, 20);
  spec.forks_answered = std::clamp<std::int64_t>(json->number("forks_answered"), 0, spec.forks);
  return spec;
}

}  // namespace standin
