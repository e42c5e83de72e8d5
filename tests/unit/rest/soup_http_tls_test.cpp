// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "rest/soup_http.h"
#include "soup_server.h"
#include "test_certificate.h"

namespace rc::rest {
namespace {

class SoupHttpTls : public ::testing::Test {
 protected:
  SoupHttpTls() {
    ::close(::mkstemp(ca_file));
    std::ofstream(ca_file) << kCertificate;
  }
  ~SoupHttpTls() override { std::remove(ca_file); }

  static Ref<GTlsCertificate> certificate() {
    const std::string pem = std::string(kCertificate) + kKey;
    return Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_pem(pem.c_str(), -1, nullptr));
  }
  Result<HttpResponse> ask_with(SoupHttp::Options options, const std::string& host = "localhost") {
    auto http = SoupHttp::make(clock, std::move(options));
    EXPECT_TRUE(http.ok());
    return ask(loop, *http.value(), get(server.url(host)));
  }
  void expect_refusal(const Result<HttpResponse>& response, const std::string& why) {
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, Errc::kConfig);
    EXPECT_NE(response.error().message.find(why), std::string::npos) << response.error().message;
  }
  SoupHttp::Options trusting() const { return {.ca_file = ca_file}; }
  static SoupHttp::Options insecure() { return {.ca_file = {}, .insecure = true}; }

  char ca_file[32] = "/tmp/rc-ca-XXXXXX";
  Loop loop;
  MainClock clock{loop.context()};
  Server server{[](auto* message) { reply(message, 200, ""); }, certificate().get()};
};

TEST_F(SoupHttpTls, RefusesAnUnknownAuthority) {
  expect_refusal(ask_with({}), "no known authority");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SoupHttpTls, AcceptsTheAuthorityOfTheCaFile) {
  const auto response = ask_with(trusting());
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(server.requests(), 1);
}

TEST_F(SoupHttpTls, RefusesACertificateForAnotherHost) {
  expect_refusal(ask_with(trusting(), "127.0.0.1"), "another host");
  EXPECT_EQ(server.requests(), 0);
}

TEST_F(SoupHttpTls, AcceptsAnythingWhenInsecure) {
  EXPECT_TRUE(ask_with(insecure(), "127.0.0.1").ok());
}

TEST_F(SoupHttpTls, NamesACaFileThatCannotBeUsed) {
  const auto http = SoupHttp::make(clock, {.ca_file = "/does/not/exist.pem"});
  ASSERT_FALSE(http.ok());
  EXPECT_EQ(http.error().code, Errc::kConfig);
}

}  // namespace
}  // namespace rc::rest
