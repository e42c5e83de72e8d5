// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/host_port.h"

#include <glib.h>

#include "core/text.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

// Underscores are in no host name by RFC 3261 but in many by DNS.
bool is_host_char(char c) { return g_ascii_isalnum(c) || c == '-' || c == '.' || c == '_'; }

// Not stricter: ":::" comes from a fault of the RFC 3261 grammar and is taken (RFC 5118 4.10).
bool is_ipv6_char(char c) { return g_ascii_isxdigit(c) || c == ':' || c == '.'; }

std::string_view take_host(Scanner& in) {
  const std::string_view start = in.rest();
  if (in.peek() != '[') return in.take_while(is_host_char);
  const std::string_view inside = in.take_until("]").substr(1);
  if (in.at_end() || inside.find(':') == std::string_view::npos || !has_only(inside, is_ipv6_char))
    return {};
  in.take(']');
  return start.substr(0, inside.size() + 2);
}

}  // namespace

std::optional<HostPort> HostPort::parse(std::string_view text) {
  Scanner in(text);
  HostPort out;
  out.host = take_host(in);
  if (out.host.empty()) return std::nullopt;
  if (in.at_end()) return out;
  if (in.peek() != ':') return std::nullopt;
  const auto port = parse_number(in.rest().substr(1), UINT16_MAX);
  if (!port || *port == 0) return std::nullopt;
  out.port = static_cast<uint16_t>(*port);
  return out;
}

std::string HostPort::to_string() const {
  return port == 0 ? host : host + ':' + std::to_string(port);
}

}  // namespace rc::sip
