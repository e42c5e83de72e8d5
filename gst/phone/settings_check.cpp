// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/settings_check.h"

#include <gio/gio.h>

#include <algorithm>
#include <string_view>

#include "call/dial_string.h"
#include "core/ref.h"
#include "core/text.h"
#include "sip/host_port.h"

namespace rc::phone {
namespace {

constexpr size_t kMaxUserAgent = 128;
constexpr size_t kMaxCallerId = 15;  // digits of a number (E.164)
constexpr size_t kMaxHost = 253;

Error wrong(const char* setting, const std::string& value, const char* what_it_is) {
  return {Errc::kConfig, std::string("The ") + setting + " \"" + clean_text(value) +
                             "\" cannot be used: give " + what_it_is};
}

// A product and its version, as in RFC 3261 25.1: token ["/" token].
bool is_product(std::string_view word) {
  const auto is_token = [](std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
      return g_ascii_isalnum(c) || std::string_view("-._+~").find(c) != std::string_view::npos;
    });
  };
  const size_t slash = word.find('/');
  return is_token(word.substr(0, slash)) &&
         (slash == std::string_view::npos || is_token(word.substr(slash + 1)));
}

bool is_user_agent(std::string_view text) {
  if (text.size() > kMaxUserAgent) return false;
  while (!text.empty()) {
    const size_t space = text.find(' ');
    if (!is_product(text.substr(0, space))) return false;
    text.remove_prefix(space == std::string_view::npos ? text.size() : space + 1);
  }
  return true;
}

bool is_stun_server(const std::string& text) {
  const auto server = sip::HostPort::parse(text);
  return server && server->host.size() <= kMaxHost;
}

bool is_address(const std::string& text) {
  return bool(Ref<GInetAddress>::adopt(g_inet_address_new_from_string(text.c_str())));
}

// As RingCentral wants it in P-Asserted-Identity: without plus (protocol/ringcentral.md 5.1).
Result<std::string> digits_of(const std::string& caller_id) {
  const size_t plus = caller_id.starts_with('+') ? 1 : 0;
  std::string digits = call::without_separators(std::string_view(caller_id).substr(plus));
  if (!digits.empty() && digits.size() <= kMaxCallerId &&
      std::all_of(digits.begin(), digits.end(), [](char c) { return g_ascii_isdigit(c); }))
    return digits;
  return wrong("caller-id", caller_id, "a number such as +12025550100");
}

}  // namespace

Result<Settings> check_settings(Settings settings) {
  const std::string& address = settings.local_address;
  if (!is_user_agent(settings.user_agent))
    return wrong("user-agent", settings.user_agent, "products such as \"my-bot/1.0 other/2\"");
  if (!address.empty() && !is_address(address))
    return wrong("local-address", address, "an address of this machine such as 192.0.2.1");
  if (!settings.stun_server.empty() && !is_stun_server(settings.stun_server))
    return wrong("stun-server", settings.stun_server, "host:port such as stun.example.com:19302");
  if (settings.line.caller_id.empty()) return settings;
  auto caller_id = digits_of(settings.line.caller_id);
  if (!caller_id.ok()) return caller_id.error();
  settings.line.caller_id = std::move(caller_id).value();
  return settings;
}

}  // namespace rc::phone
