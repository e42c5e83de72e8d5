// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/redact.h"

#include <gtest/gtest.h>

namespace rc {
namespace {

class Redact : public testing::TestWithParam<const char*> {};

TEST_P(Redact, HidesTheSecret) {
  const std::string out = redact(GetParam());
  EXPECT_EQ(out.find("S3CR3T"), std::string::npos) << out;
  EXPECT_NE(out.find("***"), std::string::npos) << out;
}

INSTANTIATE_TEST_SUITE_P(
    EveryForm, Redact,
    testing::Values("Authorization: Digest username=\"u\", response=\"S3CR3T\"",
                    "REGISTER sip:x SIP/2.0\r\nproxy-authorization:Digest response=\"S3CR3T\"\r\n",
                    "Authorization: Basic S3CR3T==", "v=0\r\na=ice-pwd:S3CR3T\r\n",
                    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:S3CR3T",
                    "a=fingerprint:sha-256 S3CR3T", "bearer S3CR3T.S3CR3T",
                    "{\"password\": \"S3CR3T\"}", "{\"access_token\":\"S3CR3T-x.y\"}",
                    "grant_type=jwt&assertion=S3CR3T&x=1", "refresh_token=S3CR3T",
                    "wss://h/ws?access_token=S3CR3T", "client_secret=S3CR3T"));

TEST(RedactText, LeavesTheRestAlone) {
  EXPECT_EQ(redact("a=ice-pwd:abc\r\na=mid:0\r\n"), "a=ice-pwd:***\r\na=mid:0\r\n");
  EXPECT_EQ(redact("SIP/2.0 200 OK\r\nCall-ID: x\r\n"), "SIP/2.0 200 OK\r\nCall-ID: x\r\n");
}

TEST(RedactText, TakesBytesThatAreNotUtf8) {
  EXPECT_EQ(redact("Jos\xE9 password=S3CR3T"), "Jos\xE9 password=***");
}

}  // namespace
}  // namespace rc
