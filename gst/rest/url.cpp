// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/url.h"

#include <libsoup/soup.h>

#include <algorithm>

#include "core/host.h"
#include "core/ref.h"
#include "core/text.h"

namespace rc::rest {
namespace {

constexpr size_t kMaxUrlBytes = 4096;

Owned<GUri> parse(std::string_view url) {
  if (url.size() > kMaxUrlBytes || !is_header_safe(url)) return nullptr;
  return Owned<GUri>(
      g_uri_parse(std::string(url).c_str(), static_cast<GUriFlags>(SOUP_HTTP_URI_FLAGS), nullptr));
}

std::string_view host_of(GUri* uri) {
  const char* host = g_uri_get_host(uri);
  return host == nullptr ? std::string_view() : std::string_view(host);
}

bool has_scheme(GUri* uri, std::string_view scheme) { return g_uri_get_scheme(uri) == scheme; }

// GUri has undone the escapes of a host: "evil.org%2F.ringcentral.com" has a slash in it by now.
bool is_plain_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return g_ascii_isalnum(c) || c == '-' || c == '.' || c == ':';
  });
}

bool is_allowed(GUri* uri) {
  if (!is_plain_host(host_of(uri)) || g_uri_get_userinfo(uri) != nullptr) return false;
  return has_scheme(uri, "https") || (has_scheme(uri, "http") && is_loopback(host_of(uri)));
}

// "ringcentral.com" for "platform.ringcentral.com"; empty for an address or a bare name.
std::string registered_domain(std::string_view host) {
  GError* error = nullptr;
  const std::string name = to_lower(host);
  const char* domain = soup_tld_get_base_domain(name.c_str(), &error);
  Owned<GError> dropped(error);
  return domain == nullptr ? std::string() : domain;
}

bool same_origin(GUri* a, GUri* b) {
  return std::string_view(g_uri_get_scheme(a)) == g_uri_get_scheme(b) &&
         equals_ignore_case(host_of(a), host_of(b)) && g_uri_get_port(a) == g_uri_get_port(b);
}

bool is_bare_origin(GUri* uri) {
  const std::string_view path = g_uri_get_path(uri);
  return (path.empty() || path == "/") && g_uri_get_query(uri) == nullptr &&
         g_uri_get_fragment(uri) == nullptr;
}

}  // namespace

bool is_loopback_url(std::string_view url) {
  const auto uri = parse(url);
  return uri && is_loopback(host_of(uri.get()));
}

Result<std::string> check_server_url(std::string_view url) {
  Owned<GUri> uri = parse(url);
  if (!uri || !is_allowed(uri.get()) || !is_bare_origin(uri.get())) {
    return Error{Errc::kConfig,
                 "The server must be an https:// address without a path (plain http:// only on "
                 "loopback), for instance https://platform.ringcentral.com"};
  }
  std::string origin(url);
  if (origin.back() == '/') origin.pop_back();
  return origin;
}

Result<void> check_request_url(std::string_view url) {
  Owned<GUri> uri = parse(url);
  if (uri && is_allowed(uri.get())) return {};
  return Error{Errc::kConfig, "Requests go to https:// addresses only (plain http:// on loopback)"};
}

bool may_carry_token(std::string_view server, std::string_view url) {
  Owned<GUri> home = parse(server);
  Owned<GUri> target = parse(url);
  if (!home || !target || !is_allowed(target.get())) return false;
  if (same_origin(home.get(), target.get())) return true;
  const std::string domain = registered_domain(host_of(home.get()));
  return has_scheme(target.get(), "https") && !domain.empty() &&
         registered_domain(host_of(target.get())) == domain;
}

std::string form_encode(std::string_view value) {
  Owned<char> encoded(
      g_uri_escape_bytes(reinterpret_cast<const guint8*>(value.data()), value.size(), nullptr));
  return encoded.get();
}

}  // namespace rc::rest
