// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Redirects cannot carry the bearer token away: real servers, real libsoup.
#include <gtest/gtest.h>

#include <optional>

#include "rest/api.h"
#include "soup_server.h"

namespace rc::rest {
namespace {

struct Way {
  const char* name;
  std::string (*location)(const Server& home, const Server& elsewhere);
};

constexpr Way kWays[] = {
    {"ToAnotherPort", [](const Server&, const Server& elsewhere) { return elsewhere.url(); }},
    {"ToAnotherHost",
     [](const Server&, const Server& elsewhere) { return elsewhere.url("localhost"); }},
    {"ToTheSameHost", [](const Server& home, const Server&) { return home.url() + "again"; }},
    {"ToAPath", [](const Server&, const Server&) { return std::string("/again"); }},
    {"ToHttps", [](const Server&, const Server&) { return std::string("https://127.0.0.1:1/"); }},
    {"ToNothing", [](const Server&, const Server&) { return std::string(); }}};

class ApiRedirect : public testing::TestWithParam<std::tuple<unsigned, Way>> {
 protected:
  void answer(SoupServerMessage* message) {
    const std::string path = g_uri_get_path(soup_server_message_get_uri(message));
    if (path == "/restapi/oauth/token")
      return reply(message, 200, R"({"access_token":"S3CR3T-token","expires_in":3600})");
    reply(message, std::get<0>(GetParam()), "");
    soup_message_headers_append(soup_server_message_get_response_headers(message), "Location",
                                std::get<1>(GetParam()).location(home_, elsewhere_).c_str());
  }
  std::string home_url() const {
    const std::string url = home_.url();
    return url.substr(0, url.size() - 1);
  }

  Loop loop_;
  MainClock clock_{loop_.context()};
  Server elsewhere_{[](SoupServerMessage* message) { reply(message, 200, "{}"); }};
  Server home_{[this](SoupServerMessage* message) { answer(message); }};
  std::unique_ptr<SoupHttp> http_ = SoupHttp::make(clock_, {}).value();
  Auth auth_{*http_, clock_, {home_url(), "client", "", "S3CR3T-jwt", ""}};
  Api api_{*http_, auth_};
};

TEST_P(ApiRedirect, IsNotFollowedAndSaysSo) {
  std::optional<Result<Json>> got;
  api_.request({"GET", "/restapi/v1.0/thing", "", false, "do the test"},
               [&](Result<Json> result) { got = std::move(result); });
  loop_.run_until([&] { return got.has_value(); });
  ASSERT_TRUE(got && !got->ok());
  EXPECT_EQ(got->error().code, Errc::kRejected);
  EXPECT_NE(got->error().message.find("check the server's address"), std::string::npos);
  EXPECT_EQ(got->error().message.find("S3CR3T"), std::string::npos);
  EXPECT_EQ(elsewhere_.requests(), 0);
  EXPECT_EQ(home_.requests(), 2) << "log in and one request";
}

INSTANTIATE_TEST_SUITE_P(AllWays, ApiRedirect,
                         testing::Combine(testing::Values(301U, 302U, 303U, 307U, 308U),
                                          testing::ValuesIn(kWays)),
                         [](const auto& test) {
                           return std::to_string(std::get<0>(test.param)) +
                                  std::get<1>(test.param).name;
                         });

}  // namespace
}  // namespace rc::rest
