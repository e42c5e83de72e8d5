// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/api_error.h"

#include <gtest/gtest.h>

namespace rc::rest {
namespace {

using namespace std::chrono_literals;

HttpResponse refusal(unsigned status, const std::string& code) {
  return {status,
          {{"RCRequestId", "156e"}},
          R"({"errorCode":")" + code + R"(","message":"said","errors":[{"errorCode":")" + code +
              R"(","message":"said"}]})"};
}

TEST(ApiError, NamesStatusCodeRequestAndNextStep) {
  const Error error = api_error(refusal(401, "OAU-123"), "log in");
  EXPECT_EQ(error.code, Errc::kAuth);
  EXPECT_EQ(
      error.message,
      "Cannot log in: HTTP 401 OAU-123 \"said\" (request id 156e): client id or client secret "
      "is wrong; compare both with the app's page in the developer console");
}

TEST(ApiError, KnowsTheNextStepOfEachCode) {
  const std::pair<const char*, const char*> kExpected[] = {
      {"OAU-123", "client secret"}, {"OAU-134", "client secret"}, {"OAU-146", "client secret"},
      {"OAU-140", "JWT"},           {"OAU-112", "JWT auth flow"}, {"OAU-128", "log in again"},
      {"OAU-129", "log in again"},  {"OAU-149", "log in again"},  {"OAU-213", "log in again"},
      {"CMN-401", "VoipCalling"},   {"CMN-408", "administrator"}, {"SPR-101", "digital line"},
      {"SPR-112", "platform type"}, {"SPR-131", "digital line"},  {"OAU-232", "extension"},
      {"OAU-236", "extension"},
  };
  for (const auto& [code, advice] : kExpected) {
    const Error error = api_error(refusal(400, code), "x");
    EXPECT_EQ(error.code, Errc::kAuth) << code;
    EXPECT_NE(error.message.find(advice), std::string::npos) << error.message;
  }
}

TEST(ApiError, ReadsOAuthsOwnStyle) {
  const HttpResponse response{
      400, {}, R"({"error":"invalid_grant","error_description":"Invalid resource owner"})"};
  EXPECT_EQ(error_code_of(response), "invalid_grant");
  EXPECT_NE(api_error(response, "log in").message.find("JWT"), std::string::npos);
}

TEST(ApiError, TellsWhenToComeBackAfterARateLimit) {
  HttpResponse response = refusal(429, "CMN-301");
  response.headers.emplace_back("retry-after", "17");
  const Error error = api_error(response, "x");
  EXPECT_EQ(error.code, Errc::kNetwork);
  EXPECT_NE(error.message.find("in 17 s"), std::string::npos);
}

TEST(ApiError, CallsServerTroublePassing) {
  EXPECT_EQ(api_error(refusal(503, "CMN-201"), "x").code, Errc::kNetwork);
  EXPECT_EQ(api_error({500, {}, "<html>"}, "x").message,
            "Cannot x: HTTP 500: RingCentral has trouble of its own; try again later");
}

TEST(ApiError, CallsAnythingElseARejection) {
  EXPECT_EQ(api_error(refusal(404, "CMN-102"), "x").code, Errc::kRejected);
  EXPECT_EQ(api_error({302, {}, ""}, "x").code, Errc::kRejected);
}

TEST(ApiError, CleansWhatTheServerSays) {
  const HttpResponse response{
      400, {{"RCRequestId", "a\x1b[31m"}}, R"({"errorCode":"X\u0007","message":"token=S3CR3T"})"};
  const std::string message = api_error(response, "x").message;
  EXPECT_EQ(message.find('\x1b'), std::string::npos);
  EXPECT_EQ(message.find('\x07'), std::string::npos);
  EXPECT_EQ(message.find("S3CR3T"), std::string::npos);
}

TEST(RetryAfter, ReadsSecondsOnly) {
  EXPECT_EQ(retry_after({429, {{"Retry-After", " 60 "}}, ""}), 60s);
  EXPECT_FALSE(retry_after({429, {{"Retry-After", "-1"}}, ""}));
  EXPECT_FALSE(retry_after({429, {{"Retry-After", "999999999"}}, ""}));
  EXPECT_FALSE(retry_after({429, {{"Retry-After", "Mon, 23 Nov 2026 02:00:00 GMT"}}, ""}));
  EXPECT_FALSE(retry_after({429, {}, ""}));
}

TEST(HideSecret, ReplacesEveryOccurrence) {
  EXPECT_EQ(hide_secret("a KEY b KEY", "KEY"), "a *** b ***");
  EXPECT_EQ(hide_secret("unchanged", ""), "unchanged");
}

}  // namespace
}  // namespace rc::rest
