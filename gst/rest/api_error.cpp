// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/api_error.h"

#include <array>

#include "core/redact.h"
#include "core/text.h"
#include "rest/json.h"

namespace rc::rest {
namespace {

struct NextStep {
  std::string_view error_code;  // ends in '*': all that begin so
  std::string_view advice;
};

constexpr std::string_view kClient =
    "client id or client secret is wrong; compare both with the app's page in the developer "
    "console";
constexpr std::string_view kGrant =
    "the JWT is wrong, expired, revoked or made for another app; make a new one in the developer "
    "console (Credentials) that allows this client id, and check that the server is the right one";
constexpr std::string_view kExtension =
    "the user's extension does not exist or is disabled; an administrator can enable it";
constexpr std::string_view kToken = "the access token was refused twice; log in again";

// Meanings: RingCentral's developer guide (basics/errors) and the OpenAPI description of
// sip-provision.
constexpr std::array kNextSteps = {
    NextStep{"OAU-123", kClient},
    NextStep{"OAU-134", kClient},
    NextStep{"OAU-146", kClient},
    NextStep{"invalid_client", kClient},
    NextStep{"OAU-140", kGrant},
    NextStep{"invalid_grant", kGrant},
    NextStep{
        "OAU-112",
        "the app may not log in by JWT; turn on \"JWT auth flow\" in the app's settings in the "
        "developer console"},
    NextStep{"OAU-128", kToken},
    NextStep{"OAU-129", kToken},
    NextStep{"OAU-149", kToken},
    NextStep{"OAU-213", kToken},
    NextStep{"OAU-232", kExtension},
    NextStep{"OAU-236", kExtension},
    NextStep{
        "CMN-401",
        "the app lacks the permission VoipCalling; add it in the developer console and make a new "
        "JWT"},
    NextStep{"CMN-402", "the user lacks this permission; an administrator can grant it"},
    NextStep{"CMN-408", "the user lacks this permission; an administrator can grant it"},
    NextStep{
        "SPR-112",
        "the app's platform type does not suit the account's brand; register it as a server-side "
        "app with VoipCalling"},
    NextStep{"SPR-131", "the extension has no digital line; assign it one in the admin portal"},
    NextStep{
        "SPR-*",
        "the line cannot be provisioned; check that the extension has a digital line and the app "
        "may use it"},
};

std::string_view advice_for(std::string_view code) {
  for (const NextStep& step : kNextSteps) {
    const bool is_prefix = step.error_code.back() == '*';
    if (is_prefix ? code.starts_with(step.error_code.substr(0, step.error_code.size() - 1))
                  : code == step.error_code) {
      return step.advice;
    }
  }
  return {};
}

std::string advice_for(const HttpResponse& response, std::string_view code) {
  if (response.status == 429) {
    const auto wait = retry_after(response);
    return "too many requests; the limit is counted anew with each one, so try again in " +
           std::to_string(wait ? wait->count() : 60) + " s";
  }
  if (response.status >= 300 && response.status < 400)
    return "the server sends its clients elsewhere, which could carry credentials away and is not "
           "done; check the server's address";
  if (response.status >= 500) return "RingCentral has trouble of its own; try again later";
  return std::string(advice_for(code));
}

struct Body {
  std::string code;
  std::string message;
};

// Errors of the token endpoint mix two styles: OAuth's pair and RingCentral's list.
Body read_body(const HttpResponse& response) {
  const auto json = Json::parse(response.body);
  if (!json.ok()) return {};
  const Json& root = json.value();
  const auto listed = root["errors"].items();
  const Json& first = listed.empty() ? root : listed.front();
  const auto code = first["errorCode"].text();
  const auto message = first["message"].text();
  return {clean_text(code ? *code : root["error"].text().value_or("")),
          clean_text(message ? *message : root["error_description"].text().value_or(""))};
}

bool is_for_the_user_to_mend(const HttpResponse& response, std::string_view code) {
  return response.status == 401 || response.status == 403 || !advice_for(code).empty();
}

Errc errc_of(const HttpResponse& response, std::string_view code) {
  if (response.status == 429 || response.status >= 500) return Errc::kNetwork;
  return is_for_the_user_to_mend(response, code) ? Errc::kAuth : Errc::kRejected;
}

}  // namespace

std::string error_code_of(const HttpResponse& response) { return read_body(response).code; }

std::optional<std::chrono::seconds> retry_after(const HttpResponse& response) {
  constexpr uint64_t kDay = 24 * 3600;
  const auto seconds = parse_number(trim(response.header("Retry-After")), kDay);
  if (!seconds) return std::nullopt;
  return std::chrono::seconds(*seconds);
}

Error api_error(const HttpResponse& response, std::string_view purpose) {
  const Body body = read_body(response);
  std::string text = "Cannot " + std::string(purpose) + ": HTTP " + std::to_string(response.status);
  if (!body.code.empty()) text += " " + body.code;
  if (!body.message.empty()) text += " \"" + body.message + "\"";
  const std::string id = clean_text(response.header("RCRequestId"));
  if (!id.empty()) text += " (request id " + id + ")";
  const std::string advice = advice_for(response, body.code);
  if (!advice.empty()) text += ": " + advice;
  return Error{errc_of(response, body.code), redact(text)};
}

std::string hide_secret(std::string text, std::string_view secret) {
  constexpr std::string_view kMask = "***";
  if (secret.empty()) return text;
  for (size_t at = text.find(secret); at != std::string::npos; at = text.find(secret, at)) {
    text.replace(at, secret.size(), kMask);
    at += kMask.size();
  }
  return text;
}

}  // namespace rc::rest
