// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/redact.h"

#include <gtest/gtest.h>

#include <chrono>

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
                    "wss://h/ws?access_token=S3CR3T", "client_secret=S3CR3T",
                    "a: b\r\nAuthorization: Digest username=\"u\",\r\n S3CR3T=\"x\"\r\nb: c",
                    "Authorization:\r\n Basic S3CR3T\r\nb: c", "a: b\rAuthorization: S3CR3T",
                    "{\"password\":\"x, S3CR3T; \\\" S3CR3T\"}", "{\"password\":\"S3CR3T",
                    "token='x S3CR3T'", "Authentication-Info: rspauth=\"S3CR3T\"",
                    "x eyJhbGciOi.eyJS3CR3T.S3CR3T y", "k=base64:S3CR3T", "a=key-mgmt:mikey S3CR3T",
                    "P-rc: <Msg><Hdr SID=\"1\" Req=\"{S3CR3T}\" From=\"#1@x\"/></Msg>",
                    "<Bdy RecUrl=\"https://x/S3CR3T?a=1&amp;b=S3CR3T\"/>"));

// Of whole messages as they stand in a log of level TRACE: nothing but the secrets is gone.
TEST(RedactText, KeepsAMessageReadable) {
  EXPECT_EQ(
      redact("REGISTER sip:x SIP/2.0\r\nCSeq: 2 REGISTER\r\nAuthorization: Digest a=\"S3CR3T\","
             "\r\n response=\"S3CR3T\"\r\nContent-Length: 0\r\n\r\n"),
      "REGISTER sip:x SIP/2.0\r\nCSeq: 2 REGISTER\r\nAuthorization:***\r\nContent-Length: 0"
      "\r\n\r\n");
  EXPECT_EQ(
      redact("P-rc: <Msg><Hdr SID=\"1\" Req=\"{EE}\" To=\"2\" Cmd=\"6\"/><Bdy RecUrl=\"\"/></Msg>"),
      "P-rc: <Msg><Hdr SID=\"1\" Req=\"***\" To=\"2\" Cmd=\"6\"/><Bdy RecUrl=\"***\"/></Msg>");
}

TEST(RedactText, TakesLongTextsInLinearTime) {
  for (const char* piece :
       {"authorization:", "a=ice-pwd:", "token=\"", "password ", "eyJ.", "\\\""})
    for (const char* start : {"", "token=\"", "\r\nAuthorization:"}) {
      std::string text = start;
      while (text.size() < 1'000'000) text += piece;
      const auto begin = std::chrono::steady_clock::now();
      EXPECT_FALSE(redact(text).empty());
      EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5)) << piece;
    }
}

TEST(RedactText, LeavesTheRestAlone) {
  EXPECT_EQ(redact("a=ice-pwd:abc\r\na=mid:0\r\n"), "a=ice-pwd:***\r\na=mid:0\r\n");
  EXPECT_EQ(redact("SIP/2.0 200 OK\r\nCall-ID: x\r\n"), "SIP/2.0 200 OK\r\nCall-ID: x\r\n");
}

TEST(RedactText, TakesBytesThatAreNotUtf8) {
  EXPECT_EQ(redact("Jos\xE9 password=S3CR3T"), "Jos\xE9 password=***");
}

}  // namespace
}  // namespace rc
