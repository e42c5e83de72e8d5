// SPDX-License-Identifier: LGPL-2.1-or-later
//
// That nothing is sent where TLS is not in order; what is in order is told by tls/tls_zoo_test.cpp.
#include <gtest/gtest.h>

#include "../tls/issued.h"
#include "../tls/tls_server.h"
#include "rest/soup_http.h"
#include "soup_server.h"

namespace rc::rest {
namespace {

class SoupHttpTls : public ::testing::Test {
 protected:
  static Ref<GTlsCertificate> certificate(const std::string& pem) {
    return Ref<GTlsCertificate>::adopt(g_tls_certificate_new_from_file(pem.c_str(), nullptr));
  }
  Result<HttpResponse> ask_with(const SoupHttp::Options& options,
                                const std::string& host = "localhost") {
    return ask_at(server.url(host), options);
  }
  Result<HttpResponse> ask_at(const std::string& url, const SoupHttp::Options& options) {
    auto http = SoupHttp::make(clock, options);
    EXPECT_TRUE(http.ok());
    return ask(loop, *http.value(), get(url));
  }
  void expect_refusal(const Result<HttpResponse>& response, const std::string& why) {
    ASSERT_FALSE(response.ok());
    EXPECT_EQ(response.error().code, Errc::kConfig);
    EXPECT_NE(response.error().message.find(why), std::string::npos) << response.error().message;
  }
  SoupHttp::Options trusting() const { return {.ca_file = authority.ca_file()}; }
  static SoupHttp::Options insecure() { return {.ca_file = {}, .insecure = true}; }

  tls::Authority authority;
  const std::string pem = authority.issue({.dns = {"localhost"}});
  Loop loop;
  MainClock clock{loop.context()};
  Server server{[](auto* message) { reply(message, 200, ""); }, certificate(pem).get()};
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

// This server takes HTTP/2 if it may, and then speaks HTTP/1.0 all the same.
TEST_F(SoupHttpTls, OffersNoHttp2) {
  const tls::TlsServer openssl(pem, {"-alpn", "h2,http/1.1"});
  const std::string port = openssl.address().substr(openssl.address().rfind(':'));
  const auto response = ask_at("https://localhost" + port + "/", trusting());
  ASSERT_TRUE(response.ok()) << response.error().message;
  EXPECT_EQ(response.value().status, 200U);
}

TEST_F(SoupHttpTls, NamesACaFileThatCannotBeUsed) {
  const auto http = SoupHttp::make(clock, {.ca_file = "/does/not/exist.pem"});
  ASSERT_FALSE(http.ok());
  EXPECT_EQ(http.error().code, Errc::kConfig);
}

}  // namespace
}  // namespace rc::rest
