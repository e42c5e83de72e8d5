// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest.h"

#include <gtest/gtest.h>

namespace standin {
namespace {

// RFC 2617 section 3.5.
constexpr auto kRfc2617 =
    "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
    "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", qop=auth, "
    "nc=00000001, cnonce=\"0a4f113b\", response=\"6629fae49393a05397450978507c4ef1\", "
    "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\"";

std::string credentials(const std::string& challenge, const std::string& password) {
  auto params = parse_digest(challenge);
  params["username"] = "802398804016";
  params["uri"] = "sip:sip.ringcentral.com";
  return "Digest algorithm=\"MD5\", username=\"802398804016\", realm=\"" + params["realm"] +
         "\", nonce=\"" + params["nonce"] + "\", uri=\"sip:sip.ringcentral.com\", response=\"" +
         digest_response(params, password, "REGISTER") + "\"";
}

TEST(Digest, GivesTheResponseOfRfc2617) {
  const auto params = parse_digest(kRfc2617);
  EXPECT_EQ(digest_response(params, "Circle Of Life", "GET"), params.at("response"));
}

TEST(Digest, GivesTheResponseWithoutQop) {
  auto params = parse_digest(kRfc2617);
  params.erase("qop");
  // RFC 2069 form of the same values, computed with md5sum.
  EXPECT_EQ(digest_response(params, "Circle Of Life", "GET"), "670fd8c2df070c60b045671b8b24ff02");
}

TEST(Digest, ChallengeHasTheFormThatTheSdkReads) {
  Challenger challenger;
  const std::string text = challenger.challenge("sip.ringcentral.com", false);
  EXPECT_EQ(text.find("Digest realm=\"sip.ringcentral.com\", nonce=\""), 0U);
  EXPECT_EQ(parse_digest(text)["nonce"].size(), 32U);
  EXPECT_EQ(parse_digest(text).size(), 2U);
}

TEST(Digest, NonceIsGoodForOneAnswer) {
  Challenger challenger;
  const auto answer = credentials(challenger.challenge("r", false), "pw");
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kGood);
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kStale);
}

TEST(Digest, WrongPasswordAndMissingCredentialsAreToldApart) {
  Challenger challenger;
  const auto answer = credentials(challenger.challenge("r", false), "guess");
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kWrong);
  EXPECT_EQ(challenger.check("", "REGISTER", "802398804016", "pw"), AuthVerdict::kMissing);
}

}  // namespace
}  // namespace standin
