// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/api.h"

#include <gtest/gtest.h>

#include <optional>

#include "fakes/fake_clock.h"
#include "fakes/fake_http.h"

namespace rc::rest {
namespace {

using fakes::header_of;

class ApiTest : public ::testing::Test {
 protected:
  void ask(const std::string& path, const std::string& body = "") {
    ApiRequest request{"POST", path, body, false, "do the test"};
    api.request(request, [this](Result<Json> result) { got = std::move(result); });
  }
  void log_in(const std::string& token) {
    http.reply(200, R"({"access_token":")" + token + R"(","expires_in":3600})");
  }

  fakes::FakeClock clock;
  fakes::FakeHttp http;
  Auth auth{http, clock, {"https://platform.example.com", "client", "", "jwt", ""}};
  Api api{http, auth};
  std::optional<Result<Json>> got;
};

TEST_F(ApiTest, SendsJsonWithTheToken) {
  ask("/restapi/v1.0/thing", "{}");
  log_in("one");
  EXPECT_EQ(http.last().url, "https://platform.example.com/restapi/v1.0/thing");
  EXPECT_EQ(header_of(http.last(), "Authorization"), "Bearer one");
  EXPECT_EQ(http.last().content_type, "application/json");
  http.reply(200, R"({"id":7})");
  ASSERT_TRUE(got && got->ok());
  EXPECT_EQ(got->value()["id"].number(), 7);
}

TEST_F(ApiTest, TakesAnEmptyBodyAsAnEmptyObject) {
  ask("/x");
  log_in("one");
  http.reply(204, "");
  ASSERT_TRUE(got && got->ok());
  EXPECT_TRUE(got->value().is_object());
}

TEST_F(ApiTest, FailsWhenAStepThrows) {
  ask("/x");
  http.broken = true;
  log_in("one");
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kInternal);
}

TEST_F(ApiTest, GetsANewTokenOnceWhenRefused) {
  ask("/x");
  log_in("one");
  http.reply(401, R"({"errorCode":"OAU-128"})");
  log_in("two");
  EXPECT_EQ(header_of(http.last(), "Authorization"), "Bearer two");
  http.reply(200, "{}");
  ASSERT_TRUE(got && got->ok());
}

TEST_F(ApiTest, GivesUpWhenTheNewTokenIsRefusedToo) {
  ask("/x");
  log_in("one");
  http.reply(401, R"({"errorCode":"OAU-213"})");
  log_in("two");
  http.reply(401, R"({"errorCode":"OAU-213"})");
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kAuth);
  EXPECT_EQ(http.waiting(), 0U);
}

TEST_F(ApiTest, TellsWhatToDoAboutAMissingPermission) {
  ask("/x");
  log_in("S3CR3T-token");
  http.reply(403, R"({"errorCode":"CMN-401","message":"no [VoipCalling] for S3CR3T-token"})",
             {{"RCRequestId", "id-1"}});
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kAuth);
  EXPECT_EQ(got->error().message,
            "Cannot do the test: HTTP 403 CMN-401 \"no [VoipCalling] for ***\" (request id id-1): "
            "the app lacks the permission VoipCalling; add it in the developer console and make a "
            "new JWT");
}

TEST_F(ApiTest, KeepsTheTokenFromForeignHosts) {
  ask("https://evil.org/x");
  log_in("one");
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kConfig);
  EXPECT_EQ(http.seen.size(), 1U);
}

TEST_F(ApiTest, PassesOnThatLogInFailed) {
  ask("/x");
  http.fail(Errc::kNetwork);
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kNetwork);
}

TEST_F(ApiTest, RefusesAnAnswerThatIsNoJson) {
  ask("/x");
  log_in("one");
  http.reply(200, std::string(100'000, '['));
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kProtocol);
}

}  // namespace
}  // namespace rc::rest
