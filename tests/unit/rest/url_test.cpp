// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/url.h"

#include <gtest/gtest.h>

namespace rc::rest {
namespace {

TEST(ServerUrl, TakesHttpsAndLoopback) {
  EXPECT_EQ(check_server_url("https://platform.ringcentral.com/").value(),
            "https://platform.ringcentral.com");
  EXPECT_TRUE(check_server_url("https://10.0.0.1:8443").ok());
  EXPECT_TRUE(check_server_url("http://127.0.0.1:8080").ok());
  EXPECT_TRUE(check_server_url("http://[::1]:8080").ok());
  EXPECT_TRUE(check_server_url("http://localhost").ok());
}

TEST(ServerUrl, RefusesTheRest) {
  for (const char* url :
       {"", "platform.ringcentral.com", "http://platform.ringcentral.com", "ftp://127.0.0.1",
        "https://user:pass@platform.ringcentral.com", "https://platform.ringcentral.com/path",
        "https://platform.ringcentral.com?x", "https://platform.ringcentral.com\r\nX: y",
        "http://127.0.0.1.evil.org", "https://"}) {
    const auto result = check_server_url(url);
    ASSERT_FALSE(result.ok()) << url;
    EXPECT_EQ(result.error().code, Errc::kConfig);
  }
}

TEST(LoopbackUrl, IsToldByItsHost) {
  EXPECT_TRUE(is_loopback_url("http://127.9.9.9:1/x"));
  EXPECT_TRUE(is_loopback_url("https://[::1]/"));
  EXPECT_FALSE(is_loopback_url("https://platform.ringcentral.com"));
  EXPECT_FALSE(is_loopback_url("127.0.0.1"));
}

TEST(TokenScope, CoversTheRegisteredDomainOverHttps) {
  const char* home = "https://platform.ringcentral.com";
  EXPECT_TRUE(may_carry_token(home, "https://platform.ringcentral.com/restapi"));
  EXPECT_TRUE(may_carry_token(home, "https://media.ringcentral.com:443/x"));
  EXPECT_FALSE(may_carry_token(home, "http://media.ringcentral.com/x"));
  EXPECT_FALSE(may_carry_token(home, "https://ringcentral.com.evil.org/x"));
  EXPECT_FALSE(may_carry_token(home, "https://evilringcentral.com/x"));
  EXPECT_FALSE(may_carry_token(home, "https://a@platform.ringcentral.com/x"));
}

// What an answer may name as a contentUri, or a redirect as its target.
TEST(TokenScope, LeavesOutWhatOnlyLooksLikeTheServer) {
  const char* home = "https://platform.ringcentral.com";
  for (const char* url : {"https://platform.ringcentral.com.evil.org/x",
                          "https://platform.ringcentral.com@evil.org/x",
                          "https://evil.org#@platform.ringcentral.com/x",
                          "https://evil.org?.ringcentral.com/x",
                          "https://evil.org%2F.ringcentral.com/x",
                          "https://evil.org%23.ringcentral.com/x",
                          "https://a%0D%0AX:y.ringcentral.com/x",
                          "https://evil.org\\.ringcentral.com/x",
                          "https://ringcentral.com%2Eevil.org/x",
                          "https://platform.ringcentral.com\r\nX: y/x",
                          "https://r\xC4\xB1ngcentral.com/x",
                          "https://ringcentral.com\xE2\x80\xA4"
                          "evil.org/x",
                          "//platform.ringcentral.com/x",
                          "platform.ringcentral.com/x",
                          "https:platform.ringcentral.com",
                          "ftp://platform.ringcentral.com/x",
                          "wss://platform.ringcentral.com/x",
                          "javascript:https://platform.ringcentral.com/x",
                          "https:///x",
                          "",
                          "https://127.0.0.1/x",
                          "https://com/x"})
    EXPECT_FALSE(may_carry_token(home, url)) << url;
  EXPECT_FALSE(may_carry_token(home, std::string(home) + "/" + std::string(5000, 'x')));
  EXPECT_TRUE(may_carry_token(home, "HTTPS://MEDIA.RINGCENTRAL.COM/x"));
}

TEST(TokenScope, StopsAtPublicSuffixes) {
  EXPECT_FALSE(may_carry_token("https://platform.ringcentral.co.uk", "https://evil.co.uk/x"));
  EXPECT_TRUE(
      may_carry_token("https://platform.ringcentral.co.uk", "https://media.ringcentral.co.uk/x"));
}

TEST(TokenScope, IsTheSameOriginOnLoopback) {
  EXPECT_TRUE(may_carry_token("http://127.0.0.1:8080", "http://127.0.0.1:8080/x"));
  EXPECT_FALSE(may_carry_token("http://127.0.0.1:8080", "http://127.0.0.1:8081/x"));
  EXPECT_FALSE(may_carry_token("http://127.0.0.1:8080", "https://10.0.0.1/x"));
}

TEST(FormEncoding, EscapesAllButUnreserved) {
  EXPECT_EQ(form_encode("a-Z_9.~+/=& \r\n"), "a-Z_9.~%2B%2F%3D%26%20%0D%0A");
}

}  // namespace
}  // namespace rc::rest
