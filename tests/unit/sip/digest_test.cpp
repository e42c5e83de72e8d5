// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/digest.h"

#include <gtest/gtest.h>

#include "sip/digest_fields.h"
#include "sip/message.h"

namespace rc::sip {
namespace {

const Credentials kAlice{"801898013", "S3CR3T-password"};
constexpr const char* kRealm = "sip.ringcentral.com";

Challenge challenge(std::string_view text) {
  auto parsed = Challenge::parse(text, false);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? parsed.value() : Challenge{};
}

std::string response_of(const std::string& authorization) {
  return DigestFields::parse(authorization)->get("response");
}

const Credentials kMufasa{"Mufasa", "Circle Of Life"};

TEST(SipDigest, AnswersAsInRfc2617) {  // 3.5
  const std::string answer =
      digest_authorization(challenge("Digest realm=\"testrealm@host.com\", qop=\"auth,auth-int\", "
                                     "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
                                     "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""),
                           kMufasa, {"GET", "/dir/index.html", "", "0a4f113b", 1});
  EXPECT_EQ(answer,
            "Digest username=\"Mufasa\", realm=\"testrealm@host.com\", "
            "nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", uri=\"/dir/index.html\", "
            "response=\"6629fae49393a05397450978507c4ef1\", cnonce=\"0a4f113b\", "
            "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\", qop=auth, nc=00000001");
}

TEST(SipDigest, AnswersAsInRfc7616) {  // 3.9.1
  const std::string head =
      "Digest realm=\"http-auth@example.org\", qop=\"auth, auth-int\", "
      "nonce=\"7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v\", "
      "opaque=\"FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS\", algorithm=";
  const Credentials mufasa{"Mufasa", "Circle of Life"};
  const DigestInput input{"GET", "/dir/index.html", "",
                          "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ", 1};
  EXPECT_EQ(response_of(digest_authorization(challenge(head + "MD5"), mufasa, input)),
            "8ca523f5e9506fed4657c9700eebdbec");
  EXPECT_EQ(response_of(digest_authorization(challenge(head + "SHA-256"), mufasa, input)),
            "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1");
}

// The example of RFC 2069 2.4 with the response of its erratum 749: no qop, as RingCentral does.
TEST(SipDigest, AnswersAsInRfc2069) {
  const std::string answer = digest_authorization(
      challenge(
          "Digest realm=\"testrealm@host.com\", nonce=\"dcd98b7102dd2f0e8b11d0f600bfb0c093\", "
          "opaque=\"5ccc069c403ebaf9f0171e9517f40e41\""),
      {"Mufasa", "CircleOfLife"}, {"GET", "/dir/index.html", "", "unused", 1});
  EXPECT_EQ(response_of(answer), "1949323746fe6a43ef61f9606e7febea");
  EXPECT_EQ(answer.find("cnonce"), std::string::npos);
}

// RFC 2617 has no vectors for these: computed by hand with md5sum.
TEST(SipDigest, HashesBodyForAuthInt) {
  const std::string answer =
      digest_authorization(challenge("Digest realm=\"r\", nonce=\"n\", qop=\"auth-int\""), kMufasa,
                           {"INVITE", "sip:b@h", "v=0\r\n", "c", 2});
  EXPECT_EQ(response_of(answer), "e50f5dc0775015b51cae129ea2a1028c");
  EXPECT_NE(answer.find("qop=auth-int, nc=00000002"), std::string::npos);
}

TEST(SipDigest, KeysSessionByNonceAndCnonce) {
  const std::string answer =
      digest_authorization(challenge("Digest realm=\"r\", nonce=\"n\", algorithm=MD5-sess"),
                           kMufasa, {"INVITE", "sip:b@h", "", "c", 1});
  EXPECT_EQ(response_of(answer), "a564aaaa2684557a591d71b0d628a210");
  EXPECT_NE(answer.find("cnonce=\"c\""), std::string::npos);
}

TEST(SipDigest, AnswersRingCentralInTheFormOfRfc2069) {
  const std::string answer = digest_authorization(
      challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"XXvrW1176i9sn4clcQVdEk6ezAYxEy/P\""),
      kAlice, {"REGISTER", "sip:sip.ringcentral.com", "", "unused", 1});
  EXPECT_EQ(answer,
            "Digest username=\"801898013\", realm=\"sip.ringcentral.com\", "
            "nonce=\"XXvrW1176i9sn4clcQVdEk6ezAYxEy/P\", uri=\"sip:sip.ringcentral.com\", "
            "response=\"bddf960f6b6e29c9f8ea79453f2bee96\"");
}

class SipBadChallenge : public testing::TestWithParam<const char*> {};

TEST_P(SipBadChallenge, IsIgnored) {
  const auto parsed = Challenge::parse(GetParam(), false);
  ASSERT_FALSE(parsed.ok());
  EXPECT_EQ(parsed.error().code, Errc::kProtocol);
}

INSTANTIATE_TEST_SUITE_P(Examples, SipBadChallenge,
                         testing::Values("", "Basic realm=\"x\"", "Digest", "Digest realm=\"r\"",
                                         "Digest nonce=\"n\"",
                                         "Digest realm=\"r\", nonce=\"n\", algorithm=SHA-512",
                                         "Digest realm=\"r\", nonce=\"n\", qop=\"other\"",
                                         "Digest realm=\"r\", nonce=\"n\", realm=\"s\"",
                                         "Digest realm=\"r\" nonce=\"n\"",
                                         "Digest realm=\"r, nonce=\"n\"",
                                         "NoOneKnowsThisScheme opaque-data=here"));

TEST(SipDigest, SplitsChallengesThatShareALine) {
  Message response = Message::response(401);
  response.add("WWW-Authenticate",
               "Digest realm=\"a, Digest b\", nonce=\"1\", qop=\"auth,auth-int\", "
               "Basic realm=\"x\", Digest realm=\"b\", nonce=\"2\",algorithm=SHA-256");
  const auto all = response.challenges();
  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].realm, "a, Digest b");
  EXPECT_TRUE(all[0].qop_auth_int);
  EXPECT_EQ(all[1].algorithm, DigestAlgorithm::kSha256);
}

// A session of the line, with what the server says as short calls.
class SipDigestSession : public testing::Test {
 protected:
  static Message request() {
    return Message::request("INVITE", Uri::parse("sip:bob@sip.ringcentral.com").value());
  }
  static Message refusal(const std::string& nonce, const std::string& more = "") {
    Message response = Message::response(407);
    response.add("Proxy-Authenticate",
                 std::string("Digest realm=\"") + kRealm + "\", nonce=\"" + nonce + "\"" + more);
    return response;
  }
  static std::string answer(const Message& request, const char* name) {
    return DigestFields::parse(request.header("Proxy-Authorization").value_or(""))
        .value_or(DigestFields())
        .get(name);
  }
  Message authorized() {
    Message message = request();
    session_.authorize(message);
    return message;
  }

  DigestSession session_{{kAlice, {kRealm}, {}}};
};

TEST_F(SipDigestSession, SendsNothingBeforeAChallenge) {
  EXPECT_FALSE(authorized().has("Proxy-Authorization"));
}

TEST_F(SipDigestSession, AnswersWithTheRequestUri) {
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1"), 0).ok());
  const Message retry = authorized();
  EXPECT_FALSE(retry.has("Authorization"));
  EXPECT_EQ(answer(retry, "nonce"), "n1");
  EXPECT_EQ(answer(retry, "uri"), "sip:bob@sip.ringcentral.com");
  EXPECT_EQ(answer(retry, "username"), kAlice.username);
}

TEST_F(SipDigestSession, CountsPerNonceAndStartsAnewWithANewOne) {
  const char* qop = ", qop=\"auth\"";
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1", qop), 0).ok());
  const Message first = authorized();
  const Message second = authorized();
  EXPECT_EQ(answer(first, "nc"), "00000001");
  EXPECT_EQ(answer(second, "nc"), "00000002");
  ASSERT_TRUE(session_.take_challenge(second, refusal("n2", qop), 0).ok());
  EXPECT_EQ(answer(authorized(), "nc"), "00000001");
}

TEST_F(SipDigestSession, StopsAtAWrongPassword) {
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1"), 0).ok());
  const Result<void> same = session_.take_challenge(authorized(), refusal("n1"), 0);
  ASSERT_FALSE(same.ok());
  EXPECT_EQ(same.error().code, Errc::kAuth);
  EXPECT_FALSE(session_.take_challenge(authorized(), refusal("n2"), 1).ok());
}

TEST_F(SipDigestSession, TakesANewNonceForAnAgedOne) {
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1"), 0).ok());
  ASSERT_TRUE(session_.take_challenge(authorized(), refusal("n2"), 0).ok());
  EXPECT_EQ(answer(authorized(), "nonce"), "n2");
}

TEST_F(SipDigestSession, RetriesAStaleNonceButNotForEver) {
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1"), 0).ok());
  ASSERT_TRUE(session_.take_challenge(authorized(), refusal("n2", ", stale=TRUE"), 1).ok());
  EXPECT_EQ(answer(authorized(), "nonce"), "n2");
  EXPECT_FALSE(session_.take_challenge(authorized(), refusal("n9", ", stale=true"), 3).ok());
}

TEST_F(SipDigestSession, NeverAnswersAForeignRealm) {  // GHSA-3v3f-99mv-qvj4
  Message rogue = Message::response(401);
  rogue.add("WWW-Authenticate", "Digest realm=\"evil.example\", nonce=\"n\"");
  const Result<void> taken = session_.take_challenge(request(), rogue, 0);
  ASSERT_FALSE(taken.ok());
  EXPECT_EQ(taken.error().code, Errc::kProtocol);
  EXPECT_FALSE(authorized().has("Authorization"));
}

TEST_F(SipDigestSession, ChoosesTheStrongestAlgorithm) {
  Message response = refusal("weak");
  response.add("Proxy-Authenticate", std::string("Digest realm=\"") + kRealm +
                                         "\", nonce=\"strong\", algorithm=SHA-256, qop=\"auth\"");
  response.add("Proxy-Authenticate", std::string("Digest realm=\"") + kRealm +
                                         "\", nonce=\"unknown\", algorithm=SHA-512-256");
  ASSERT_TRUE(session_.take_challenge(request(), response, 0).ok());
  EXPECT_EQ(answer(authorized(), "nonce"), "strong");
}

TEST_F(SipDigestSession, CountsOnWhenTheNonceStays) {
  const char* qop = ", qop=\"auth\", stale=true";
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1", qop), 0).ok());
  const Message first = authorized();
  ASSERT_TRUE(session_.take_challenge(first, refusal("n1", qop), 1).ok());
  EXPECT_EQ(answer(authorized(), "nc"), "00000002");
}

TEST_F(SipDigestSession, NeverAnswersAWeakerChallengeThanBefore) {
  const char* strong = ", algorithm=SHA-256, qop=\"auth\"";
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1", strong), 0).ok());
  for (const char* weak : {"", ", algorithm=MD5", ", stale=true", ", algorithm=MD5-sess"}) {
    const Result<void> taken = session_.take_challenge(authorized(), refusal("n2", weak), 1);
    ASSERT_FALSE(taken.ok()) << weak;
    EXPECT_EQ(taken.error().code, Errc::kAuth);
    EXPECT_EQ(answer(authorized(), "nonce"), "n1");
  }
  const std::string next = std::string(strong) + ", stale=true";
  EXPECT_TRUE(session_.take_challenge(authorized(), refusal("n2", next), 1).ok());
}

TEST_F(SipDigestSession, ChallengesInOneLineAreAnsweredAsThoseInSeveral) {
  Message response = Message::response(401);
  response.add("WWW-Authenticate", std::string("Digest realm=\"evil.example\", nonce=\"e\", "
                                               "algorithm=SHA-256, Digest realm=\"") +
                                       kRealm + "\", nonce=\"weak\", Digest realm=\"" + kRealm +
                                       "\", nonce=\"strong\", algorithm=SHA-256");
  ASSERT_TRUE(session_.take_challenge(request(), response, 0).ok());
  const Message retry = authorized();
  ASSERT_EQ(retry.headers("Authorization").size(), 1U);
  EXPECT_NE(retry.header("Authorization")->find("nonce=\"strong\""), std::string_view::npos);
}

TEST_F(SipDigestSession, NeverAnswersASecondChallengeWithoutStale) {
  ASSERT_TRUE(session_.take_challenge(request(), refusal("n1"), 0).ok());
  const Message answered = authorized();
  EXPECT_FALSE(session_.take_challenge(answered, refusal("n1"), 1).ok());
  EXPECT_FALSE(session_.take_challenge(answered, refusal("n2"), 1).ok());
  EXPECT_FALSE(session_.take_challenge(answered, refusal("n3", ", stale=false"), 1).ok());
  EXPECT_EQ(answer(authorized(), "nonce"), "n1");
}

TEST_F(SipDigestSession, AnswersProxyAndServer) {
  Message response = refusal("p");
  response.add("WWW-Authenticate", std::string("Digest realm=\"") + kRealm + "\", nonce=\"s\"");
  ASSERT_TRUE(session_.take_challenge(request(), response, 0).ok());
  EXPECT_TRUE(authorized().has("Authorization"));
  EXPECT_TRUE(authorized().has("Proxy-Authorization"));
  session_.forget();
  EXPECT_FALSE(authorized().has("Authorization"));
}

TEST_F(SipDigestSession, TakesOneUriForAllWhenTold) {
  DigestSession sdk_like{{kAlice, {kRealm}, "sip:sip.ringcentral.com"}};
  ASSERT_TRUE(sdk_like.take_challenge(request(), refusal("n"), 0).ok());
  Message retry = request();
  sdk_like.authorize(retry);
  EXPECT_EQ(answer(retry, "uri"), "sip:sip.ringcentral.com");
}

}  // namespace
}  // namespace rc::sip
