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
  const std::string text = challenger.challenge("sip.ringcentral.com", {}).front();
  EXPECT_EQ(text.find("Digest realm=\"sip.ringcentral.com\", nonce=\""), 0U);
  EXPECT_EQ(parse_digest(text)["nonce"].size(), 32U);
  EXPECT_EQ(parse_digest(text).size(), 2U);
}

TEST(Digest, NonceIsGoodForOneAnswer) {
  Challenger challenger;
  const auto answer = credentials(challenger.challenge("r", {}).front(), "pw");
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kGood);
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kStale);
}

TEST(Digest, WrongPasswordAndMissingCredentialsAreToldApart) {
  Challenger challenger;
  const auto answer = credentials(challenger.challenge("r", {}).front(), "guess");
  EXPECT_EQ(challenger.check(answer, "REGISTER", "802398804016", "pw"), AuthVerdict::kWrong);
  EXPECT_EQ(challenger.check("", "REGISTER", "802398804016", "pw"), AuthVerdict::kMissing);
}

// RFC 7616 3.9.1.
TEST(Digest, GivesTheResponseOfRfc7616) {
  const auto params = parse_digest(
      "Digest username=\"Mufasa\", realm=\"http-auth@example.org\", uri=\"/dir/index.html\", "
      "algorithm=SHA-256, nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", nc=00000001, "
      "cnonce=\"f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ\", qop=auth");
  EXPECT_EQ(digest_response(params, "Circle of Life", "GET"),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

TEST(Digest, ChallengesAreOfTheKindThatWasAsked) {
  Challenger challenger;
  const auto text = [&](int kind) {
    std::string all;
    for (const auto& line : challenger.challenge("r", {kind, false, false})) all += line + "\n";
    for (auto nonce = all.find("nonce=\""); nonce != std::string::npos;
         nonce = all.find("nonce=\"", nonce + 8)) {
      all.replace(nonce, 7 + 32, "nonce=\"");
    }
    return all;
  };
  const std::string md5 = "Digest realm=\"r\", nonce=\"\", qop=\"auth\", algorithm=MD5";
  const std::string sha = "Digest realm=\"r\", nonce=\"\", qop=\"auth\", algorithm=SHA-256";
  EXPECT_EQ(text(1), sha + "\n");
  EXPECT_EQ(text(2), md5 + "\n" + sha + "\n");
  EXPECT_EQ(text(3), md5 + ", " + sha + "\n");
  EXPECT_EQ(text(4).find("algorithm=X-NOBODYS\n" + md5), text(4).find("algorithm=X"));
  EXPECT_EQ(text(5).find("Digest realm=\"sip.example.com\""), 0U);
}

TEST(Digest, AnswerToAForeignRealmOrInAnotherAlgorithmIsWrong) {
  Challenger challenger;
  const auto foreign = credentials(challenger.challenge("r", {0, false, true}).front(), "pw");
  EXPECT_EQ(challenger.check(foreign, "REGISTER", "802398804016", "pw"), AuthVerdict::kWrong);
  const auto weaker = credentials(challenger.challenge("r", {1, false, false}).front(), "pw");
  EXPECT_EQ(challenger.check(weaker, "REGISTER", "802398804016", "pw"), AuthVerdict::kWrong);
}

}  // namespace
}  // namespace standin
