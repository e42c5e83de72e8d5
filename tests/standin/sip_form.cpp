// SPDX-License-Identifier: LGPL-2.1-or-later
//
// How a message is spelled: compact names, folding, letter case; and where a list header is split.
#include <glib.h>

#include <array>
#include <functional>
#include <utility>

#include "sip_text.h"

namespace standin {
namespace {

constexpr std::array<std::pair<char, std::string_view>, 19> kCompactNames{{
    {'v', "Via"},
    {'f', "From"},
    {'t', "To"},
    {'i', "Call-Id"},
    {'m', "Contact"},
    {'l', "Content-Length"},
    {'c', "Content-Type"},
    {'e', "Content-Encoding"},
    {'k', "Supported"},
    {'r', "Refer-To"},
    {'s', "Subject"},
    {'b', "Referred-By"},
    {'o', "Event"},
    {'u', "Allow-Events"},
    {'x', "Session-Expires"},
    {'y', "Identity"},
    {'a', "Accept-Contact"},
    {'j', "Reject-Contact"},
    {'d', "Request-Disposition"},
}};

std::string spelled(std::string_view name, TextForm form) {
  std::string out(name);
  if (form == TextForm::kLower) {
    for (char& c : out) c = g_ascii_tolower(c);
  }
  for (const auto& [compact, full] : kCompactNames) {
    if (form == TextForm::kCompact && equal_nocase(name, full)) out = compact;
  }
  return out;
}

// Calls at(position) for each character outside quotes and <>.
void for_each_bare(std::string_view value, const std::function<void(std::size_t)>& at) {
  bool quoted = false;
  bool bracketed = false;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '<') {
      bracketed = true;
    } else if (!quoted && c == '>') {
      bracketed = false;
    } else if (!quoted && !bracketed) {
      at(i);
    }
  }
}

// A line break wherever LWS may stand: at each space and before each parameter.
std::string folded(std::string_view value) {
  std::string out;
  std::size_t done = 0;
  for_each_bare(value, [&](std::size_t i) {
    if (value[i] != ' ' && value[i] != ';') return;
    out.append(value.substr(done, i - done)).append("\r\n ");
    done = value[i] == ' ' ? i + 1 : i;
  });
  return out.append(value.substr(done));
}

}  // namespace

std::string_view full_header_name(std::string_view name) {
  if (name.size() != 1) return name;
  for (const auto& [compact, full] : kCompactNames) {
    if (g_ascii_tolower(name[0]) == compact) return full;
  }
  return name;
}

std::vector<std::string> split_list(std::string_view value) {
  std::vector<std::string> out;
  std::size_t done = 0;
  for_each_bare(value, [&](std::size_t i) {
    if (value[i] != ',') return;
    out.emplace_back(trim(value.substr(done, i - done)));
    done = i + 1;
  });
  out.emplace_back(trim(value.substr(done)));
  return out;
}

std::optional<TextForm> parse_text_form(std::string_view name) {
  if (name.empty() || name == "usual") return TextForm::kUsual;
  if (name == "compact") return TextForm::kCompact;
  if (name == "lower") return TextForm::kLower;
  if (name == "folded") return TextForm::kFolded;
  return std::nullopt;
}

std::string SipMessage::to_text() const {
  std::string text = is_request() ? method + " " + uri + " SIP/2.0\r\n"
                                  : "SIP/2.0 " + std::to_string(status) + " " + reason + "\r\n";
  for (const auto& header : headers) {
    const std::string value = form == TextForm::kFolded ? folded(header.value) : header.value;
    text += spelled(header.name, form) + ": " + value + "\r\n";
  }
  text += spelled("Content-Length", form) + ": " + std::to_string(body.size());
  return text + "\r\n\r\n" + body;
}

}  // namespace standin
