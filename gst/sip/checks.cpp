// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/checks.h"

#include <algorithm>
#include <array>
#include <string>

#include "core/text.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

using Fault = std::optional<ParseFault>;

ParseFault bad(std::string text) { return {400, std::move(text)}; }

template <typename T>
bool is_list_of(const Message& message, std::string_view name) {
  for (const std::string_view line : message.headers(name)) {
    const auto entries = split_list(line);
    if (!entries || entries->empty()) return false;
    const bool good = std::all_of(entries->begin(), entries->end(),
                                  [](std::string_view entry) { return T::parse(entry).ok(); });
    if (!good) return false;
  }
  return true;
}

Fault check_counts(const Message& message) {
  for (const Header& each : message.all_headers()) {
    if (is_single_header(each.name) && message.headers(each.name).size() > 1)
      return bad("more than one " + each.name);
  }
  for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    if (!message.has(name)) return bad(std::string("no ") + name);
  }
  return std::nullopt;
}

// The bare cookie identifies nothing (RFC 4475 3.2.1). In a response it is a branch that we never
// sent, so it finds no transaction.
Fault check_via(const Message& message) {
  if (!is_list_of<Via>(message, "Via")) return bad("malformed Via");
  if (message.is_request() && message.top_via()->branch() == kBranchCookie)
    return bad("empty branch");
  return std::nullopt;
}

bool is_peer(const Message& message, std::string_view name) {
  const auto address = message.address(name);
  return address && !address->wildcard;
}

bool has_bounded_expires(const Message& message) {
  for (const NameAddr& contact : message.addresses("Contact")) {
    const auto expires = contact.params.get("expires");
    if (expires && !parse_number(*expires, UINT32_MAX)) return false;
  }
  return true;
}

Fault check_addresses(const Message& message) {
  if (!is_peer(message, "From")) return bad("malformed From");
  if (!is_peer(message, "To")) return bad("malformed To");
  for (const char* name : {"Contact", "Route", "Record-Route"}) {
    if (!is_list_of<NameAddr>(message, name)) return bad(std::string("malformed ") + name);
  }
  if (!has_bounded_expires(message)) return bad("malformed Contact");
  return std::nullopt;
}

Fault check_numbers(const Message& message) {
  for (const char* name : {"Max-Forwards", "Expires", "Retry-After"}) {
    if (message.has(name) && !message.number(name)) return bad(std::string("malformed ") + name);
  }
  if (message.number("Max-Forwards").value_or(0) > 255) return bad("malformed Max-Forwards");
  return std::nullopt;
}

bool is_known_method(std::string_view method) {
  constexpr std::array<std::string_view, 14> kMethods = {
      "ACK",     "BYE",   "CANCEL",  "INFO",  "INVITE",   "MESSAGE",   "NOTIFY",
      "OPTIONS", "PRACK", "PUBLISH", "REFER", "REGISTER", "SUBSCRIBE", "UPDATE"};
  return std::find(kMethods.begin(), kMethods.end(), method) != kMethods.end();
}

Fault check_cseq(const Message& message) {
  const auto cseq = message.cseq();
  if (!cseq) return bad("malformed CSeq");
  if (message.is_response() || cseq->method == message.method()) return std::nullopt;
  if (is_known_method(message.method())) return bad("CSeq of another method");
  return ParseFault{501, "unknown method"};
}

Fault check_identity(const Message& message) {
  const std::string call_id = message.call_id();
  if (call_id.empty() || !has_only(call_id, is_visible)) return bad("malformed Call-ID");
  if (message.has("Content-Type") && !message.content_type()) return bad("malformed Content-Type");
  return std::nullopt;
}

}  // namespace

std::optional<ParseFault> check_headers(const Message& message) {
  for (const auto check :
       {check_counts, check_via, check_addresses, check_numbers, check_cseq, check_identity}) {
    if (Fault fault = check(message)) return fault;
  }
  return std::nullopt;
}

}  // namespace rc::sip
