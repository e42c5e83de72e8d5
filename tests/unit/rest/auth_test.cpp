// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/auth.h"

#include <gtest/gtest.h>

#include "fakes/fake_clock.h"
#include "fakes/fake_http.h"

namespace rc::rest {
namespace {

using namespace std::chrono_literals;
using fakes::header_of;

class AuthTest : public ::testing::Test {
 protected:
  static constexpr const char* kJwt = "S3CR3T-jwt";

  static Credentials alice() {
    return {"https://platform.example.com", "client", "S3CR3T-client", kJwt, ""};
  }
  static std::string token(const std::string& access, int life, const std::string& refresh = "") {
    std::string body = R"({"access_token":")" + access +
                       R"(","token_type":"bearer","expires_in":)" + std::to_string(life);
    if (!refresh.empty()) {
      body += R"(,"refresh_token":")" + refresh + R"(","refresh_token_expires_in":604800)";
    }
    return body + "}";
  }
  Auth::TokenCallback collect() {
    return [this](Result<std::string> result) {
      got.push_back(result.ok() ? result.value() : "error: " + result.error().message);
    };
  }

  fakes::FakeClock clock;
  fakes::FakeHttp http;
  Auth auth{http, clock, alice()};
  std::vector<std::string> got;
};

TEST_F(AuthTest, AsksByJwtWithBasicAuthorization) {
  auth.token(collect());
  ASSERT_EQ(http.waiting(), 1U);
  EXPECT_EQ(http.last().method, "POST");
  EXPECT_EQ(http.last().url, "https://platform.example.com/restapi/oauth/token");
  EXPECT_EQ(header_of(http.last(), "Authorization"), "Basic Y2xpZW50OlMzQ1IzVC1jbGllbnQ=");
  EXPECT_EQ(http.last().content_type, "application/x-www-form-urlencoded");
  EXPECT_EQ(http.last().body,
            "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion="
            "S3CR3T-jwt");
  http.reply(200, token("one", 3600));
  EXPECT_EQ(got, std::vector<std::string>{"one"});
}

TEST_F(AuthTest, SendsClientIdInFormWhenAppHasNoSecret) {
  Credentials credentials = alice();
  credentials.client_secret.clear();
  Auth open_app(http, clock, credentials);
  open_app.token(collect());
  EXPECT_EQ(header_of(http.last(), "Authorization"), "");
  EXPECT_NE(http.last().body.find("&client_id=client"), std::string::npos);
}

TEST_F(AuthTest, AnswersAllWaitersWhenOneThrows) {
  auth.token([](const Result<std::string>&) { throw std::out_of_range("a fault of ours"); });
  auth.token(collect());
  http.reply(200, token("one", 3600));
  EXPECT_EQ(got, std::vector<std::string>{"one"});
}

TEST_F(AuthTest, FailsWhenAStepThrowsAndIsGoodForTheNext) {
  auth.token(collect());
  http.reply(200, token("one", 1, "again"));
  clock.advance(1s);
  auth.token(collect());
  clock.advance(0s);
  http.broken = true;
  http.reply(400, "{}");  // the refresh token: the JWT is next
  ASSERT_EQ(got.size(), 2U);
  EXPECT_EQ(got[1], "error: internal error: a fault of ours");
  http.broken = false;
  auth.token(collect());
  http.reply(200, token("two", 3600));
  EXPECT_EQ(got.back(), "two");
}

TEST_F(AuthTest, SharesOneRequestAmongWaiters) {
  for (int i = 0; i < 3; ++i) auth.token(collect());
  EXPECT_EQ(http.seen.size(), 1U);
  http.reply(200, token("one", 3600));
  EXPECT_EQ(got, (std::vector<std::string>{"one", "one", "one"}));
}

TEST_F(AuthTest, AnswersFromMemoryLaterNotInsideTheCall) {
  auth.token(collect());
  http.reply(200, token("one", 3600));
  auth.token(collect());
  auth.token(collect());
  EXPECT_EQ(got.size(), 1U);
  clock.advance(0ns);
  EXPECT_EQ(got, (std::vector<std::string>{"one", "one", "one"}));
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST_F(AuthTest, AsksAnewBeforeTheServersExpiry) {
  auth.token(collect());
  http.reply(200, token("one", 3600));
  clock.advance(3539s);
  auth.token(collect());
  clock.advance(0ns);
  EXPECT_EQ(http.seen.size(), 1U);
  clock.advance(1s);
  auth.token(collect());
  EXPECT_EQ(http.seen.size(), 2U);
}

TEST_F(AuthTest, UsesShortLivedTokensForThreeQuartersOfTheirLife) {
  auth.token(collect());
  http.reply(200, token("one", 4));
  clock.advance(2999ms);
  auth.token(collect());
  clock.advance(0ns);
  EXPECT_EQ(http.seen.size(), 1U);
  clock.advance(1ms);
  auth.token(collect());
  EXPECT_EQ(http.seen.size(), 2U);
}

TEST_F(AuthTest, RefreshesWithTheRefreshToken) {
  auth.token(collect());
  http.reply(200, token("one", 3600, "again+1"));
  clock.advance(3600s);
  auth.token(collect());
  EXPECT_EQ(http.last().body, "grant_type=refresh_token&refresh_token=again%2B1");
  http.reply(200, token("two", 3600));
  EXPECT_EQ(got.back(), "two");
}

TEST_F(AuthTest, FallsBackToTheJwtWhenTheRefreshTokenIsRefused) {
  auth.token(collect());
  http.reply(200, token("one", 3600, "again"));
  clock.advance(3600s);
  auth.token(collect());
  http.reply(400, R"({"error":"invalid_grant","errors":[{"errorCode":"OAU-140"}]})");
  EXPECT_NE(http.last().body.find("assertion="), std::string::npos);
  http.reply(200, token("two", 3600));
  EXPECT_EQ(got.back(), "two");
}

TEST_F(AuthTest, AsksAnewAfterInvalidation) {
  auth.token(collect());
  http.reply(200, token("one", 3600));
  auth.invalidate("another");
  auth.token(collect());
  EXPECT_EQ(http.seen.size(), 1U);
  auth.invalidate("one");
  auth.token(collect());
  clock.advance(0ns);  // the answer from memory that was on its way must not ask again
  EXPECT_EQ(http.seen.size(), 2U);
  http.reply(200, token("two", 3600));
  EXPECT_EQ(got, (std::vector<std::string>{"one", "two", "two"}));
}

TEST_F(AuthTest, NeverTriesBadCredentialsAgain) {
  auth.token(collect());
  http.reply(401, R"({"error":"invalid_client","errors":[{"errorCode":"OAU-123"}]})");
  auth.token(collect());
  clock.advance(24h);
  EXPECT_EQ(http.seen.size(), 1U);
  ASSERT_EQ(got.size(), 2U);
  EXPECT_NE(got[1].find("OAU-123"), std::string::npos);
}

TEST_F(AuthTest, TriesAgainWhenAskedAfterANetworkFault) {
  auth.token(collect());
  http.fail(Errc::kNetwork);
  auth.token(collect());
  http.reply(200, token("one", 3600));
  EXPECT_EQ(got, (std::vector<std::string>{"error: fault made by the test", "one"}));
}

TEST_F(AuthTest, RefusesAnswersWithoutUsableToken) {
  for (const char* body :
       {"", "[]", "{}", R"({"access_token":"a b","expires_in":60})",
        R"({"access_token":"a\r\nX: y","expires_in":60})", R"({"access_token":"a","expires_in":0})",
        R"({"access_token":"a"})", R"({"access_token":"a","expires_in":"many"})"}) {
    auth.token(collect());
    http.reply(200, body);
    EXPECT_EQ(got.back().find("error: "), 0U) << body;
  }
}

TEST_F(AuthTest, HidesSecretsThatTheServerEchoes) {
  auth.token(collect());
  http.reply(400,
             R"({"errors":[{"errorCode":"OAU-140","message":"bad S3CR3T-jwt, S3CR3T-client"}]})");
  EXPECT_EQ(got.back().find("S3CR3T"), std::string::npos) << got.back();
}

TEST_F(AuthTest, DropsWaitersWhenDestroyed) {
  {
    Auth short_lived(http, clock, alice());
    short_lived.token(collect());
  }
  http.reply(200, token("one", 3600));
  EXPECT_TRUE(got.empty());
}

}  // namespace
}  // namespace rc::rest
