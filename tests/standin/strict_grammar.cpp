// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_grammar.h"

#include <glib.h>

#include <algorithm>
#include <charconv>
#include <iterator>
#include <optional>

namespace standin {
namespace {

bool is_token(std::string_view text) {
  static constexpr std::string_view kExtra = "-.!%*_+`'~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kExtra.find(c) != std::string_view::npos;
  });
}

std::optional<unsigned long> number(std::string_view text) {
  unsigned long value = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), value);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

bool is_uri(std::string_view uri) {
  const bool scheme =
      starts_with(uri, "sip:") || starts_with(uri, "sips:") || starts_with(uri, "tel:");
  return scheme && uri.find_first_of(" \t<>\"") == std::string_view::npos;
}

// Quotes closed, exactly one pair of <> outside them at most.
bool balanced(std::string_view value) {
  bool quoted = false;
  int open = 0;
  int pairs = 0;
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && c == '<') {
      ++open;
    } else if (!quoted && c == '>') {
      --open;
      ++pairs;
    }
    if (open < 0 || open > 1) return false;
  }
  return !quoted && open == 0 && pairs <= 1;
}

void check_lines(std::string_view raw, Rules& broken) {
  const auto end = raw.find("\r\n\r\n");
  if (end == std::string_view::npos) return broken.push_back("no blank line after the headers");
  std::string_view head = raw.substr(0, end + 2);
  head.remove_prefix(head.find("\r\n") + 2);
  while (!head.empty()) {
    const auto line = head.substr(0, head.find("\r\n"));
    head.remove_prefix(line.size() + 2);
    if (line.find_first_of("\r\n") != std::string_view::npos) broken.push_back("bare CR or LF");
    if (line[0] == ' ' || line[0] == '\t') continue;
    const auto colon = line.find(':');
    if (!is_token(trim(line.substr(0, colon)))) broken.push_back("header name is no token");
  }
}

void check_start_line(std::string_view raw, const SipMessage& message, Rules& broken) {
  const auto line = raw.substr(0, raw.find("\r\n"));
  if (message.is_request()) {
    if (line != message.method + " " + message.uri + " SIP/2.0" || !is_token(message.method)) {
      broken.push_back("malformed request line");
    }
    if (!is_uri(message.uri)) broken.push_back("Request-URI is no SIP URI");
  } else if (message.status < 100 || message.status > 699 || line.size() < 12 || line[11] != ' ') {
    broken.push_back("malformed status line");
  }
}

void check_counts(const SipMessage& message, Rules& broken) {
  for (const char* name : {"From", "To", "Call-ID", "CSeq"}) {
    if (message.count(name) != 1) broken.push_back(std::string(name) + " must appear once");
  }
  for (const char* name : {"Content-Length", "Content-Type", "Max-Forwards", "Expires"}) {
    if (message.count(name) > 1) broken.push_back(std::string(name) + " appears twice");
  }
  if (message.count("Via") == 0) broken.push_back("Via is missing");
}

void check_cseq(const SipMessage& message, Rules& broken) {
  const auto cseq = cseq_of(message);
  if (!cseq || cseq->number >= 0x80000000U || !is_token(cseq->method)) {
    broken.push_back("malformed CSeq");
  } else if (message.is_request() && cseq->method != message.method) {
    broken.push_back("CSeq method differs from the request's");
  }
}

void check_name_addr(const SipMessage& message, const char* name, Rules& broken) {
  const auto value = message.get(name);
  if (value.empty()) return;
  const bool brackets = value.find('<') != std::string_view::npos;
  const std::string uri = uri_of(value);
  if (!balanced(value) || !is_uri(uri)) broken.push_back(std::string("malformed ") + name);
  if (!brackets && uri.find_first_of(",?") != std::string::npos) {
    broken.push_back(std::string(name) + " needs <> around its URI");
  }
}

// name-addr: the brackets are part of the grammar of these.
void check_routes(const SipMessage& message, Rules& broken) {
  for (const char* name : {"Route", "Record-Route"}) {
    for (const auto& value : message.list(name)) {
      const bool brackets = value.find('<') != std::string::npos && balanced(value);
      if (!brackets || !is_uri(uri_of(value))) broken.push_back(std::string("malformed ") + name);
    }
  }
}

void check_tokens(const SipMessage& message, Rules& broken) {
  for (const char* name : {"Supported", "Require", "Proxy-Require", "Unsupported", "Allow"}) {
    const auto values = message.list(name);
    const bool empty = values.size() == 1 && values[0].empty() && name[0] != 'R';
    if (!empty && !std::all_of(values.begin(), values.end(), is_token)) {
      broken.push_back(std::string("malformed ") + name);
    }
  }
  const bool hop = message.method == "ACK" || message.method == "CANCEL";
  if (hop && message.count("Require") + message.count("Proxy-Require") > 0) {
    broken.push_back("Require in ACK or CANCEL");
  }
}

void check_via(const SipMessage& message, Rules& broken) {
  const auto via = message.get("Via");
  if (!starts_with(via, "SIP/2.0/WSS ") && !starts_with(via, "SIP/2.0/WS ")) {
    broken.push_back("Via transport is not WSS");
  }
  const std::string branch = branch_of(message);
  if (branch.size() < 12 || !starts_with(branch, "z9hG4bK")) {
    broken.push_back("Via branch is missing or has no z9hG4bK cookie");
  }
}

void check_tags(const SipMessage& message, Rules& broken) {
  if (tag_of(message.get("From")).empty()) broken.push_back("From has no tag");
  const bool to_tag = !tag_of(message.get("To")).empty();
  if (!message.is_request() && message.status > 100 && !to_tag) {
    broken.push_back("To of a response has no tag");
  }
  if (message.method == "BYE" && !to_tag) broken.push_back("BYE outside a dialog");
}

void check_max_forwards(const SipMessage& message, Rules& broken) {
  if (!message.is_request()) return;
  const auto hops = number(message.get("Max-Forwards"));
  if (!hops || *hops > 255) broken.push_back("Max-Forwards missing or malformed");
}

void check_body(const SipMessage& message, Rules& broken) {
  if (message.count("Content-Length") > 0) {
    const auto length = number(message.get("Content-Length"));
    if (!length || *length != message.body.size()) broken.push_back("wrong Content-Length");
  }
  if (!message.body.empty() && message.count("Content-Type") == 0) {
    broken.push_back("body without Content-Type");
  }
}

void check_contact(const SipMessage& message, Rules& broken) {
  const auto cseq = cseq_of(message);
  const bool invite_ok =
      message.status >= 200 && message.status < 300 && cseq && cseq->method == "INVITE";
  static constexpr std::string_view kMethods[] = {"INVITE", "REGISTER", "UPDATE", "REFER",
                                                  "SUBSCRIBE"};
  const bool asks =
      std::find(std::begin(kMethods), std::end(kMethods), message.method) != std::end(kMethods);
  const bool needed = asks || invite_ok;
  if (needed && message.count("Contact") != 1) broken.push_back("Contact is missing");
  if (message.count("Contact") == 0) return;
  check_name_addr(message, "Contact", broken);
  const auto contact = message.get("Contact");
  const bool quoted = contact.find("+sip.instance=\"<urn:") != std::string_view::npos;
  if (message.method == "REGISTER" && !quoted) {
    broken.push_back("Contact of REGISTER has no +sip.instance=\"<urn:...>\"");
  }
}

// RFC 2617 3.2.2: which values are quoted strings and which are not.
void check_credentials(std::string_view value, Rules& broken) {
  if (value.empty()) return;
  const auto quotes = [&](const char* name) {
    return value.find(std::string(name) + "=\"") != std::string_view::npos;
  };
  for (const char* name : {"username", "realm", "nonce", "uri", "response"}) {
    if (!quotes(name)) broken.push_back(std::string("credentials without quoted ") + name);
  }
  for (const char* name : {"algorithm", "qop", ", nc"}) {
    if (quotes(name)) broken.push_back(std::string("credentials quote ") + name);
  }
}

}  // namespace

// Header values: UTF-8 without control characters (RFC 3261 25.1, TEXT-UTF8).
void check_characters(std::string_view raw, const SipMessage& message, Rules& broken) {
  if (g_utf8_validate(raw.data(), static_cast<gssize>(raw.size()), nullptr) == FALSE) {
    broken.push_back("message is not UTF-8");
  }
  for (const auto& header : message.headers) {
    const bool control = std::any_of(header.value.begin(), header.value.end(), [](char c) {
      return (static_cast<unsigned char>(c) < ' ' && c != '\t') || c == 0x7f;
    });
    if (control) broken.push_back("control character in " + header.name);
  }
}

Rules grammar_faults(std::string_view raw, const SipMessage& message) {
  Rules broken;
  check_lines(raw, broken);
  check_start_line(raw, message, broken);
  check_counts(message, broken);
  check_cseq(message, broken);
  check_name_addr(message, "From", broken);
  check_name_addr(message, "To", broken);
  if (message.is_request()) check_characters(raw, message, broken);
  check_via(message, broken);
  check_routes(message, broken);
  check_tokens(message, broken);
  check_tags(message, broken);
  check_max_forwards(message, broken);
  check_body(message, broken);
  check_contact(message, broken);
  check_credentials(message.get("Authorization"), broken);
  check_credentials(message.get("Proxy-Authorization"), broken);
  const auto call_id = message.get("Call-ID");
  if (call_id.find_first_of(" \t,;") != std::string_view::npos) {
    broken.push_back("malformed Call-ID");
  }
  return broken;
}

}  // namespace standin
