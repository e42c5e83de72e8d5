// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "rest/soup_http.h"
#include "soup_server.h"

namespace rc::rest {
namespace {

// Self-signed for DNS:localhost, valid for a hundred years; made by
//   openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 36500
//     -subj /CN=test -addext subjectAltName=DNS:localhost
// Its key protects nothing.
constexpr const char* kCertificate = R"(-----BEGIN CERTIFICATE-----
MIIBizCCATGgAwIBAgIUJsyqogw5XEEh6tue7uYjdyyHElgwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMwMjUyMjVaGA8yMTI2MTAzMDAyNTIy
NVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABLZr
yIhpgQzNeMVqczy9tquP0SmSX2U5tHdTBoSUKvs3HEN2WRjLhE7VKmdRSnyPgFzd
So8xUAE7wyt9dO12CkSjaTBnMB0GA1UdDgQWBBTr25MQJewkxkBUgZc1b7oPAzE1
DzAfBgNVHSMEGDAWgBTr25MQJewkxkBUgZc1b7oPAzE1DzAPBgNVHRMBAf8EBTAD
AQH/MBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAKBggqhkjOPQQDAgNIADBFAiAMuF1q
+7/tA+nsGDaK9oZeddF87Hq5GoVIKiU3EPrwCwIhAMlfvIYFk9q21P+24afhKLn0
XtUEITSG3Ndu1BLMPr/X
-----END CERTIFICATE-----
)";
constexpr const char* kKey = R"(-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQghzuY0XnLWFT3idpw
/rnTBdqJjsZ3Q1jgUXAr7/PRC+KhRANCAAS2a8iIaYEMzXjFanM8vbarj9Epkl9l
ObR3UwaElCr7NxxDdlkYy4RO1SpnUUp8j4Bc3UqPMVABO8MrfXTtdgpE
-----END PRIVATE KEY-----
)";

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

// A resumed TLS session skips libsoup's check (measured, libsoup 3.2.3 with GnuTLS).
TEST_F(SoupHttpTls, StaysStrictAfterAnInsecureClientInTheSameProcess) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(ask_with(insecure()).ok());
  for (int i = 0; i < 3; ++i) expect_refusal(ask_with({}), "no known authority");
  EXPECT_EQ(server.requests(), 3);
}

TEST_F(SoupHttpTls, NamesACaFileThatCannotBeUsed) {
  const auto http = SoupHttp::make(clock, {.ca_file = "/does/not/exist.pem"});
  ASSERT_FALSE(http.ok());
  EXPECT_EQ(http.error().code, Errc::kConfig);
}

}  // namespace
}  // namespace rc::rest
