// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/uri.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <map>

#include "core/text.h"
#include "sip/host_port.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

// RFC 3261 25.1 user-unreserved, and the bare '#' of RingCentral's agents ("sip:#996016@...").
bool is_user_char(char c) {
  return is_unreserved(c) ||
         (c != '\0' && std::string_view("&=+$,;?/%#").find(c) != std::string_view::npos);
}

bool is_uri_header_char(char c) {
  return is_unreserved(c) ||
         (c != '\0' && std::string_view("[]/?:+$=&%").find(c) != std::string_view::npos);
}

bool is_scheme_char(char c) { return g_ascii_isalnum(c) || c == '+' || c == '-' || c == '.'; }

bool set_user_info(std::string_view text, Uri& uri) {
  const size_t colon = text.find(':');
  uri.user = text.substr(0, colon);
  if (colon != std::string_view::npos) uri.password = text.substr(colon + 1);
  return !uri.user.empty() && has_only(uri.user, is_user_char) &&
         has_only(uri.password, is_user_char) && has_valid_escapes(text);
}

bool set_headers(std::string_view text, Uri& uri) {
  uri.headers = text;
  return !text.empty() && has_only(text, is_uri_header_char) && has_valid_escapes(text);
}

// What follows "sip:".
bool parse_sip(std::string_view text, Uri& uri) {
  if (const size_t at = text.find('@'); at != std::string_view::npos) {
    if (!set_user_info(text.substr(0, at), uri)) return false;
    text.remove_prefix(at + 1);
  }
  Scanner in(text);
  const auto host_port = HostPort::parse(in.take_until(";?"));
  if (!host_port) return false;
  uri.host = host_port->host;
  uri.port = host_port->port;
  const auto params = Params::parse_uri(in.take_until("?"));
  if (!params) return false;
  uri.params = *params;
  return in.at_end() || set_headers(in.rest().substr(1), uri);
}

}  // namespace

Result<Uri> Uri::parse(std::string_view text) {
  const Error error{Errc::kProtocol, "malformed URI"};
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return error;
  const std::string_view scheme = text.substr(0, colon);
  if (!g_ascii_isalpha(scheme.front()) || !has_only(scheme, is_scheme_char)) return error;
  Uri uri;
  uri.scheme = to_lower(scheme);
  const std::string_view rest = text.substr(colon + 1);
  if (uri.is_sip()) {
    if (!parse_sip(rest, uri)) return error;
    return uri;
  }
  uri.opaque = rest;
  const bool good = !rest.empty() && has_only(rest, is_visible) &&
                    rest.find_first_of("<>\"") == std::string_view::npos;
  if (!good) return error;
  return uri;
}

std::string Uri::user_text() const { return unescape(user); }

std::string Uri::to_string() const {
  if (!is_sip()) return scheme + ':' + opaque;
  std::string out = scheme + ':' + user;
  if (!password.empty()) out += ':' + password;
  if (!user.empty()) out += '@';
  out += host;
  if (port != 0) out += ':' + std::to_string(port);
  out += params.to_string();
  if (!headers.empty()) out += '?' + headers;
  return out;
}

namespace {

bool has_same_param(const Uri& a, const Uri& b, const Params::Item& item) {
  constexpr std::array<std::string_view, 5> kAlwaysCount = {"user", "ttl", "method", "maddr",
                                                            "transport"};
  const auto other = b.params.get(item.name);
  if (other) return to_lower(unescape(*a.params.get(item.name))) == to_lower(unescape(*other));
  return std::none_of(kAlwaysCount.begin(), kAlwaysCount.end(), [&item](std::string_view name) {
    return equals_ignore_case(item.name, name);
  });
}

bool has_same_params(const Uri& a, const Uri& b) {
  const auto& items = a.params.items();
  return std::all_of(items.begin(), items.end(),
                     [&](const Params::Item& item) { return has_same_param(a, b, item); });
}

// URI headers count all, in any order; names and values without case (RFC 3261 19.1.4 leaves values
// to each header's own rules).
std::multimap<std::string, std::string> uri_headers(const std::string& text) {
  std::multimap<std::string, std::string> out;
  Scanner in(text);
  while (!in.at_end()) {
    Scanner pair(in.take_until("&"));
    const std::string name = to_lower(unescape(pair.take_until("=")));
    out.emplace(name, to_lower(unescape(pair.rest())));
    in.take('&');
  }
  return out;
}

}  // namespace

bool equivalent(const Uri& a, const Uri& b) {
  if (a.scheme != b.scheme) return false;
  if (!a.is_sip()) return a.opaque == b.opaque;
  return unescape(a.user) == unescape(b.user) && unescape(a.password) == unescape(b.password) &&
         equals_ignore_case(a.host, b.host) && a.port == b.port && has_same_params(a, b) &&
         has_same_params(b, a) && uri_headers(a.headers) == uri_headers(b.headers);
}

std::string escape_user(std::string_view text) {
  constexpr std::string_view kAllowed = "&=+$,;?/";
  constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (is_unreserved(c) || kAllowed.find(c) != std::string_view::npos) {
      out += c;
    } else {
      out += {'%', kHex[byte >> 4], kHex[byte & 15]};
    }
  }
  return out;
}

}  // namespace rc::sip
