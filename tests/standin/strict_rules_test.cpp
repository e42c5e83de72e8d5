// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Each of the judge's rules by itself, on messages written by hand.
#include <gtest/gtest.h>

#include "digest.h"
#include "strict_answers.h"
#include "strict_dialog.h"
#include "strict_digest.h"
#include "strict_reliable.h"
#include "strict_sdp.h"

namespace standin {
namespace {

using Broken = std::vector<std::string>;

SipMessage request(const std::string& method, const std::string& uri, const char* from,
                   const char* to, int cseq, const std::vector<SipHeader>& more = {}) {
  SipMessage message;
  message.method = method;
  message.uri = uri;
  message.add("Via", "SIP/2.0/WSS h.invalid;branch=z9hG4bK-1").add("Call-ID", "c");
  message.add("From", std::string("<sip:a@x>;tag=") + from);
  message.add("To", *to == '\0' ? "<sip:b@x>" : std::string("<sip:b@x>;tag=") + to);
  message.add("CSeq", std::to_string(cseq) + " " + method);
  for (const auto& header : more) message.add(header.name, header.value);
  return message;
}

SipMessage answer(const SipMessage& asked, int status, const std::vector<SipHeader>& more = {}) {
  auto response = make_response(asked, status, default_reason(status), "them");
  for (const auto& header : more) response.add(header.name, header.value);
  return response;
}

// --- dialogs

const std::vector<SipHeader> kTwoProxies{{"Contact", "<sip:us@u.invalid>"},
                                         {"Record-Route", "<sip:p1;lr>, <sip:p2;lr>"}};

// The dialog of a call that the client made, with these headers in its 200; the client is "me".
Broken in_dialog(const std::vector<SipHeader>& of_200, const std::string& uri,
                 const std::vector<std::string>& routes) {
  StrictDialogs dialogs;
  Broken broken;
  const auto invite = request("INVITE", "sip:b@x", "me", "", 1);
  dialogs.received_request(invite, broken);
  dialogs.sent_response(answer(invite, 200, of_200));
  auto info = request("INFO", uri, "me", "them", 2);
  for (const auto& route : routes) info.add("Route", route);
  dialogs.received_request(info, broken);
  return broken;
}

TEST(StrictRoute, CallerUsesRecordRouteBackwards) {
  EXPECT_EQ(in_dialog(kTwoProxies, "sip:us@u.invalid", {"<sip:p2;lr>", "<sip:p1;lr>"}), Broken{});
  EXPECT_EQ(in_dialog(kTwoProxies, "sip:us@u.invalid", {"<sip:p1;lr>", "<sip:p2;lr>"}),
            Broken{"Route is not the dialog's route set"});
  EXPECT_EQ(in_dialog(kTwoProxies, "sip:us@u.invalid", {}),
            Broken{"Route is not the dialog's route set"});
}

TEST(StrictRoute, StrictRouterGetsTheRequestUri) {
  const std::vector<SipHeader> strict{{"Contact", "<sip:us@u.invalid>"},
                                      {"Record-Route", "<sip:p1;lr>, <sip:p2>"}};
  EXPECT_EQ(in_dialog(strict, "sip:p2", {"<sip:p1;lr>", "<sip:us@u.invalid>"}), Broken{});
  EXPECT_EQ(in_dialog(strict, "sip:us@u.invalid", {"<sip:p2>", "<sip:p1;lr>"}).size(), 2U);
}

TEST(StrictRoute, CalleeUsesRecordRouteInItsOrder) {
  StrictDialogs dialogs;
  Broken broken;
  const auto invite = request("INVITE", "sip:me@h.invalid", "us", "", 9, kTwoProxies);
  dialogs.sent_request(invite);
  dialogs.received_response(answer(invite, 200));
  auto bye = request("BYE", "sip:us@u.invalid", "them", "us", 1);
  bye.add("Route", "<sip:p1;lr>").add("Route", "<sip:p2;lr>");
  dialogs.received_request(bye, broken);
  EXPECT_EQ(broken, Broken{});
}

TEST(StrictDialog, RequestsGoToTheRemoteTarget) {
  const std::vector<SipHeader> contact{{"Contact", "<sip:us@u.invalid>"}};
  EXPECT_EQ(in_dialog(contact, "sip:us@u.invalid", {}), Broken{});
  EXPECT_EQ(in_dialog(contact, "sip:b@x", {}),
            Broken{"Request-URI is not the dialog's remote target"});
}

TEST(StrictDialog, ForksCountByThemselves) {
  StrictDialogs dialogs;
  Broken broken;
  dialogs.received_request(request("INFO", "sip:b@x", "me", "one", 5), broken);
  dialogs.received_request(request("INFO", "sip:b@x", "me", "two", 5), broken);
  EXPECT_EQ(broken, Broken{});
  dialogs.received_request(request("INFO", "sip:b@x", "me", "two", 5), broken);
  dialogs.received_request(request("INFO", "sip:b@x", "other", "two", 6), broken);
  EXPECT_EQ(broken, (Broken{"CSeq does not rise", "From tag changed inside the dialog"}));
}

// --- answers

Broken judged(int status, const std::vector<SipHeader>& asked, const std::vector<SipHeader>& given,
              const char* method = "INVITE") {
  const auto message = request(method, "sip:me@h.invalid", "us", "", 9, asked);
  Broken broken;
  check_answer(answer(message, status, given), message, broken);
  return broken;
}

TEST(StrictAnswers, EveryViaIsCopiedInOrder) {
  const std::vector<SipHeader> more{{"Via", "SIP/2.0/UDP p1;branch=z9hG4bK-p"}};
  const auto message = request("INFO", "sip:me@h.invalid", "us", "them", 9, more);
  auto response = answer(message, 200);
  Broken broken;
  check_answer(response, message, broken);
  EXPECT_EQ(broken, Broken{});
  std::swap(response.headers[0], response.headers[1]);
  check_answer(response, message, broken);
  EXPECT_EQ(broken, Broken{"Via not copied"});
}

TEST(StrictAnswers, DialogNeedsRecordRouteAndContact) {
  const SipHeader own{"Contact", "<sip:me@h.invalid>"};
  const SipHeader route{"Record-Route", "<sip:p1;lr>, <sip:p2;lr>"};
  EXPECT_EQ(
      judged(180, {route}, {own, {"Record-Route", "<sip:p1;lr>"}, {"Record-Route", "<sip:p2;lr>"}}),
      Broken{});
  EXPECT_EQ(judged(180, {route}, {own}), Broken{"Record-Route not copied"});
  EXPECT_EQ(judged(180, {}, {}), Broken{"Contact is missing"});
  EXPECT_EQ(judged(486, {route}, {}), Broken{});
}

TEST(StrictAnswers, RefusalsSayWhatWouldDo) {
  EXPECT_EQ(judged(405, {}, {}, "FOO"), Broken{"405 without Allow"});
  EXPECT_EQ(judged(415, {}, {}), Broken{"415 without Accept"});
  EXPECT_EQ(judged(420, {}, {}), Broken{"420 without Unsupported"});
  EXPECT_EQ(judged(420, {}, {{"Unsupported", "foo"}}), Broken{});
}

struct Interval {
  const char* asked;
  const char* supported;
  int status;
  const char* given;
  const char* required;
  const char* rule;
};

class StrictInterval : public testing::TestWithParam<Interval> {};

TEST_P(StrictInterval, IsJudged) {
  const auto& each = GetParam();
  std::vector<SipHeader> asked{{"Session-Expires", each.asked}, {"Supported", each.supported}};
  std::vector<SipHeader> given{{"Require", each.required}};
  given.push_back({each.status == 422 ? "Min-SE" : "Session-Expires", each.given});
  const auto rules = judged(each.status, asked, given, "UPDATE");
  EXPECT_EQ(rules, *each.rule == '\0' ? Broken{} : Broken{each.rule});
}

INSTANTIATE_TEST_SUITE_P(
    Rules, StrictInterval,
    testing::Values(
        Interval{"1800", "timer", 200, "1800;refresher=uac", "timer", ""},
        Interval{"1800", "timer", 200, "90;refresher=uas", "", ""},
        Interval{"1800;refresher=uas", "timer", 200, "1800;refresher=uas", "", ""},
        Interval{"1800", "", 200, "1800;refresher=uas", "", ""},
        Interval{"90", "timer", 422, "120", "", ""},
        Interval{"1800", "timer", 422, "120", "", "422 to an interval that is long enough"},
        Interval{"1800", "timer", 200, "1801;refresher=uas", "", "Session-Expires was raised"},
        Interval{"1800", "timer", 200, "89;refresher=uas", "", "Session-Expires below Min-SE"},
        Interval{"1800", "timer", 200, "1800", "", "refresher missing"},
        Interval{"1800;refresher=uas", "timer", 200, "1800;refresher=uac", "timer",
                 "refresher is not the one asked for"},
        Interval{"1800", "", 200, "1800;refresher=uac", "timer", "refresher knows no timer"},
        Interval{"1800", "timer", 200, "1800;refresher=uac", "",
                 "refresher=uac without Require: timer"}));

TEST(StrictAnswers, IntervalOfTheClientObeysOur422) {
  const auto invite = [](const char* interval) {
    return request("INVITE", "sip:b@x", "me", "", 1,
                   {{"Session-Expires", interval}, {"Supported", "timer"}});
  };
  Broken broken;
  check_interval(invite("1800"), 1800, broken);
  EXPECT_EQ(broken, Broken{});
  check_interval(invite("1799"), 1800, broken);
  check_interval(invite("89"), 0, broken);
  check_interval(request("INVITE", "sip:b@x", "me", "", 1, {{"Session-Expires", "90"}}), 0, broken);
  EXPECT_EQ(broken, (Broken{"Session-Expires below Min-SE", "Session-Expires below Min-SE",
                            "Session-Expires without Supported: timer"}));
}

// --- reliable responses

TEST(StrictReliable, PrackFitsTheResponse) {
  StrictReliable judge;
  const auto invite = request("INVITE", "sip:b@x", "me", "", 4, {{"Supported", "100rel"}});
  const auto ringing = answer(invite, 183, {{"Require", "100rel"}, {"RSeq", "7"}});
  EXPECT_TRUE(judge.sent_response(ringing));
  EXPECT_FALSE(judge.sent_response(ringing)) << "a repeat wants no PRACK of its own";
  EXPECT_FALSE(judge.acknowledged(ringing));
  Broken broken;
  judge.received_prack(request("PRACK", "sip:b@x", "me", "them", 5, {{"RAck", "8 4 INVITE"}}),
                       broken);
  EXPECT_EQ(broken, Broken{"PRACK whose RAck fits no reliable response"});
  broken.clear();
  const auto prack = request("PRACK", "sip:b@x", "me", "them", 6, {{"RAck", "7 4 INVITE"}});
  judge.received_prack(prack, broken);
  EXPECT_EQ(broken, Broken{});
  EXPECT_TRUE(judge.acknowledged(ringing));
  judge.received_prack(prack, broken);
  EXPECT_EQ(broken, Broken{"second PRACK to one response"});
}

TEST(StrictReliable, ResponsesOfTheClientCount) {
  const SipHeader reliable{"Require", "100rel"};
  const auto judge = [&](const char* option, const std::vector<const char*>& rseqs) {
    StrictReliable reliability;
    const auto invite = request("INVITE", "sip:me@h.invalid", "us", "", 4, {{option, "100rel"}});
    Broken broken;
    for (const auto* rseq : rseqs) {
      const auto ringing =
          *rseq == '\0' ? answer(invite, 180) : answer(invite, 180, {reliable, {"RSeq", rseq}});
      reliability.received_response(ringing, invite, broken);
    }
    return broken;
  };
  EXPECT_EQ(judge("Supported", {"5", "5", "6", ""}), Broken{});
  EXPECT_EQ(judge("Supported", {"5", "7"}), Broken{"RSeq does not rise by one"});
  EXPECT_EQ(judge("Require", {""}), Broken{"100rel was required"});
  EXPECT_EQ(judge("X-Nothing", {"5"}), Broken{"reliable response to a client that knows none"});
}

// --- credentials

class StrictCredentials : public testing::Test {
 protected:
  SipMessage challenge(const std::string& value, const SipMessage* asked = nullptr) {
    auto response = answer(request("REGISTER", "sip:x", "me", "", 1), 401);
    response.add("Www-Authenticate", value);
    judge.sent_response(response, asked);
    return response;
  }
  Broken sent(const std::string& nonce, const std::string& more = "") {
    Broken broken;
    last = request("REGISTER", "sip:x", "me", "", 2,
                   {{"Authorization", "Digest nonce=\"" + nonce + "\"" + more}});
    judge.received_request(last, broken);
    return broken;
  }
  StrictDigest judge;
  SipMessage last;
};

TEST_F(StrictCredentials, NeverForAForeignRealm) {
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"a\"");
  challenge("Digest realm=\"sip.example.com\", nonce=\"b\"");
  EXPECT_EQ(sent("a"), Broken{});
  EXPECT_EQ(sent("b"), Broken{"credentials for a foreign realm"});
}

TEST_F(StrictCredentials, NeverTheWeakerOfTwo) {
  challenge(
      "Digest realm=\"sip.ringcentral.com\", nonce=\"a\", algorithm=MD5, "
      "Digest realm=\"sip.ringcentral.com\", nonce=\"b\", algorithm=SHA-256");
  EXPECT_EQ(sent("b"), Broken{});
  EXPECT_EQ(sent("a"), Broken{"credentials with the weaker algorithm"});
}

TEST_F(StrictCredentials, NotAgainAfterARefusalUnlessItWasStale) {
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"a\"");
  sent("a");
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"b\", stale=true", &last);
  EXPECT_EQ(sent("b"), Broken{});
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"c\"", &last);
  EXPECT_EQ(sent("c"), Broken{"credentials again after a refusal without stale"});
  // A nonce that has served before is no fresh answer: its refusal may be answered.
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"d\"");
  sent("d");
  sent("d");
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"e\"", &last);
  EXPECT_EQ(sent("e"), Broken{});
}

TEST_F(StrictCredentials, NcCountsTheUsesOfTheNonce) {
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"a\", qop=\"auth\"");
  EXPECT_EQ(sent("a", ", qop=auth, nc=00000001, cnonce=\"x\""), Broken{});
  EXPECT_EQ(sent("a", ", qop=auth, nc=00000002, cnonce=\"x\""), Broken{});
  EXPECT_EQ(sent("a", ", qop=auth, nc=00000002"),
            (Broken{"nc does not count the uses of the nonce", "qop without cnonce"}));
}

TEST_F(StrictCredentials, NcMayJumpOverWhatASocketTookWithIt) {
  challenge("Digest realm=\"sip.ringcentral.com\", nonce=\"a\", qop=\"auth\"");
  sent("a", ", qop=auth, nc=00000001, cnonce=\"x\"");
  judge.on_lost();
  EXPECT_EQ(sent("a", ", qop=auth, nc=00000003, cnonce=\"x\""), Broken{});
  EXPECT_EQ(sent("a", ", qop=auth, nc=00000005, cnonce=\"x\""),
            Broken{"nc does not count the uses of the nonce"});
}

// --- SDP

Broken described(const std::vector<std::string>& bodies) {
  StrictSdp judge;
  Broken broken;
  for (const auto& body : bodies) {
    auto message = request("INVITE", "sip:b@x", "me", "", 1, {{"Content-Type", "application/sdp"}});
    message.body = body;
    judge.received(message, broken);
  }
  return broken;
}

std::string sdp(const std::string& origin, const std::string& rest) {
  return "v=0\r\no=- " + origin + " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n" + rest;
}

TEST(StrictSdp, FollowsTheOneBeforeIt) {
  const std::string audio = "m=audio 9 X 0\r\n";
  EXPECT_EQ(described({sdp("7 1", audio), sdp("7 1", audio), sdp("7 2", audio + "a=sendonly\r\n")}),
            Broken{});
  EXPECT_EQ(described({sdp("7 1", audio), sdp("7 1", audio + "a=sendonly\r\n")}),
            Broken{"SDP changed without version + 1"});
  EXPECT_EQ(described({sdp("7 1", audio), sdp("8 2", audio)}), Broken{"SDP of another origin"});
  EXPECT_EQ(described({sdp("7 1", audio + audio), sdp("7 2", audio)}),
            Broken{"SDP with fewer media"});
}

TEST(StrictSdp, VersionMayJumpOverWhatASocketTookWithIt) {
  StrictSdp judge;
  const auto versions = [&](const char* origin) {
    Broken broken;
    auto message = request("INVITE", "sip:b@x", "me", "", 1, {{"Content-Type", "application/sdp"}});
    message.body = sdp(origin, "");
    judge.received(message, broken);
    return broken;
  };
  EXPECT_EQ(versions("7 5"), Broken{});
  judge.on_lost();
  EXPECT_EQ(versions("7 7"), Broken{});
  EXPECT_EQ(versions("7 9"), Broken{"SDP changed without version + 1"});
  judge.on_lost();
  EXPECT_EQ(versions("7 8"), Broken{"SDP changed without version + 1"});
}

TEST(StrictSdp, HasTheFormOfRfc4566) {
  EXPECT_EQ(described({"v=0\r\n"}), Broken{"malformed SDP"});
  EXPECT_EQ(described({"v=0\no=- 1 1 IN IP4 x\ns=-\nt=0 0\n"}), Broken{"malformed SDP"});
  EXPECT_EQ(described({"v=0\r\no=- 1 IN IP4 x\r\ns=-\r\nt=0 0\r\n"}), Broken{"malformed SDP"});
}

}  // namespace
}  // namespace standin
