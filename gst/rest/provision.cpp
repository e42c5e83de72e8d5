// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/provision.h"

#include <glib.h>

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/log.h"
#include "core/outcome.h"
#include "core/text.h"

namespace rc::rest {
namespace {

using std::chrono::seconds;

constexpr size_t kMaxStunServers = 8;
constexpr size_t kMaxSipErrorCodes = 32;
constexpr auto kFailoverCodes = {408, 502, 503, 504};  // what web-phone 1.x assumes

Error senseless(const std::string& what) {
  return Error{Errc::kProtocol, "Cannot provision the line: the server's answer has no usable " +
                                    what + "; report it to RingCentral"};
}

Error forbidden(const std::string& why) {
  return Error{Errc::kAuth, "Cannot provision the line: " + why};
}

bool all_of(std::string_view text, std::string_view punctuation) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return g_ascii_isalnum(c) || punctuation.find(c) != std::string_view::npos;
  });
}

// What can stand in a SIP URI and in a quoted string of a header unescaped.
bool is_user(std::string_view text) { return text.size() <= 128 && all_of(text, "*+-_.!~"); }
bool is_host(std::string_view text) { return text.size() <= 253 && all_of(text, ".-"); }
bool is_secret(std::string_view text) { return text.size() <= 256 && is_header_safe(text); }
bool is_number(std::string_view text) { return text.size() <= 32 && all_of(text, "+"); }

bool is_host_port(std::string_view text) {
  const size_t colon = text.rfind(':');
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[')) {
    host = host.substr(1);
    if (!host.ends_with(']') || !all_of(host.substr(0, host.size() - 1), ":.")) return false;
  } else if (host.empty() || !is_host(host)) {
    return false;
  }
  if (colon == std::string_view::npos) return true;
  const auto port = parse_number(text.substr(colon + 1), 65535);
  return port && *port > 0;
}

template <typename Check>
Result<std::string> required(const Json& info, const char* name, Check is_valid) {
  auto text = info[name].text();
  if (!text || text->empty() || !is_valid(*text)) return senseless(name);
  return *text;
}

Result<void> check_flags(const Json& flags) {
  if (!flags["voipFeatureEnabled"].boolean().value_or(true)) {
    return forbidden(
        "calls over the internet are switched off for this extension; an administrator "
        "can enable VoIP calling");
  }
  if (flags["voipCountryBlocked"].boolean().value_or(false)) {
    return forbidden("RingCentral does not allow calls over the internet from this country");
  }
  return {};
}

std::optional<Json> info_for_websocket(const Json& answer) {
  for (const Json& info : answer["sipInfo"].items()) {
    if (equals_ignore_case(info["transport"].text().value_or("WSS"), "WSS")) return info;
  }
  return std::nullopt;
}

Result<void> read_identity(const Json& info, SipAccount& account) {
  if (!info["password"].text()) {
    return forbidden("the server gives no SIP password (digest is switched off for this account)");
  }
  struct Field {
    const char* name;
    std::string SipAccount::*member;
    bool (*is_valid)(std::string_view);
  };
  constexpr Field kFields[] = {{"username", &SipAccount::username, is_user},
                               {"password", &SipAccount::password, is_secret},
                               {"authorizationId", &SipAccount::authorization_id, is_user},
                               {"domain", &SipAccount::domain, is_host},
                               {"outboundProxy", &SipAccount::outbound_proxy, is_host_port}};
  for (const Field& field : kFields) {
    auto value = required(info, field.name, field.is_valid);
    if (!value.ok()) return value.error();
    account.*field.member = std::move(value).value();
  }
  return {};
}

seconds bounded(const Json& value, seconds fallback, seconds least, seconds most) {
  const auto number = value.number();
  return number ? std::clamp(seconds(*number), least, most) : fallback;
}

// Comfort, not necessity: what makes no sense here is left out.
void read_options(const Json& answer, const Json& info, SipAccount& account) {
  const std::string backup = info["outboundProxyBackup"].text().value_or("");
  if (is_host_port(backup)) account.outbound_proxy_backup = backup;
  for (const Json& server : info["stunServers"].items()) {
    const std::string address = server.text().value_or("");
    if (is_host_port(address) && account.stun_servers.size() < kMaxStunServers) {
      account.stun_servers.push_back(address);
    }
  }
  account.switch_back_interval = bounded(info["switchBackInterval"], account.switch_back_interval,
                                         seconds(10), seconds(24 * 3600));
  for (const Json& code : answer["sipErrorCodes"].items()) {
    const int64_t status = code.number().value_or(0);
    if (status >= 300 && status <= 699 && account.sip_error_codes.size() < kMaxSipErrorCodes) {
      account.sip_error_codes.push_back(static_cast<int>(status));
    }
  }
  if (account.sip_error_codes.empty()) account.sip_error_codes = kFailoverCodes;
}

void read_device(const Json& device, SipAccount& account) {
  const bool has_address = !device["emergencyServiceAddress"]["street"].text().value_or("").empty();
  const std::string id = device["id"].text().value_or("");
  if (is_user(id)) account.device_id = id;
  for (const Json& line : device["phoneLines"].items()) {
    const std::string number = line["phoneInfo"]["phoneNumber"].text().value_or("");
    if (account.own_number.empty() && is_number(number)) account.own_number = number;
    const bool needs_address = line["emergencyAddress"]["required"].boolean().value_or(false);
    account.lacks_emergency_address |= needs_address && !has_address;
  }
}

}  // namespace

Result<SipAccount> parse_sip_account(const Json& answer) {
  const auto allowed = check_flags(answer["sipFlags"]);
  if (!allowed.ok()) return allowed.error();
  const auto info = info_for_websocket(answer);
  if (!info) {
    return forbidden(
        "the server offers no SIP account over secure WebSocket; assign the extension a "
        "digital line");
  }
  SipAccount account;
  const auto identity = read_identity(*info, account);
  if (!identity.ok()) return identity.error();
  read_options(answer, *info, account);
  read_device(answer["device"], account);
  account.outbound_calls_enabled =
      answer["sipFlags"]["outboundCallsEnabled"].boolean().value_or(true);
  return account;
}

void provision(Api& api, const std::string& device_id,
               std::function<void(Result<SipAccount>)> callback) {
  ApiRequest request;
  request.method = "POST";
  request.path = "/restapi/v1.0/client-info/sip-provision";
  request.purpose = "provision the line";
  request.repeatable = true;  // another one replaces what this one made
  request.body = R"({"sipInfo":[{"transport":"WSS"}])";
  if (!device_id.empty()) request.body += R"(,"device":{"id":)" + json_quote(device_id) + "}";
  request.body += "}";
  const Outcome<SipAccount> outcome(std::move(callback));
  api.request(std::move(request), [outcome](const Result<Json>& answer) {
    if (!answer.ok()) return outcome(answer.error());
    outcome.step([&] {
      auto account = parse_sip_account(answer.value());
      if (account.ok()) RC_LOG(kRest, DEBUG, "provisioned " + account.value().username);
      outcome(std::move(account));
    });
  });
}

}  // namespace rc::rest
