// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict.h"

#include <gtest/gtest.h>

#include "strict_grammar.h"
#include "test_phone.h"

namespace standin {
namespace {

using std::chrono::seconds;

constexpr auto kSdp = "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n";

constexpr auto kRegister =
    "REGISTER sip:sip.ringcentral.com SIP/2.0\r\n"
    "Via: SIP/2.0/WSS h.invalid;branch=z9hG4bK-mwrk3ffh55dbumv\r\n"
    "From: <sip:12025550115*115@sip.ringcentral.com>;tag=mwrk3ffh4a2ab3a\r\n"
    "To: <sip:12025550115*115@sip.ringcentral.com>\r\n"
    "Call-ID: mwrk3ffh3bkaolm\r\n"
    "CSeq: 7167 REGISTER\r\n"
    "Max-Forwards: 70\r\n"
    "Contact: <sip:u@h.invalid;transport=wss>;+sip.instance=\"<urn:uuid:1>\";expires=60\r\n"
    "Content-Length: 0\r\n\r\n";

std::vector<std::string> faults_of(const std::string& raw) {
  const auto message = parse_sip(raw);
  if (!message) return {"unreadable"};
  return grammar_faults(raw, *message);
}

std::string with(const std::string& from, const std::string& to) {
  std::string text = kRegister;
  text.replace(text.find(from), from.size(), to);
  return text;
}

TEST(StrictGrammar, AcceptsAGoodRegister) {
  EXPECT_EQ(faults_of(kRegister), std::vector<std::string>{});
}

struct Broken {
  const char* from;
  const char* to;
  const char* rule;
};

class StrictGrammarBroken : public testing::TestWithParam<Broken> {};

TEST_P(StrictGrammarBroken, NamesTheRule) {
  const Broken& broken = GetParam();
  EXPECT_EQ(faults_of(with(broken.from, broken.to)), std::vector<std::string>{broken.rule});
}

INSTANTIATE_TEST_SUITE_P(
    Rules, StrictGrammarBroken,
    testing::Values(
        Broken{"Max-Forwards: 70\r\n", "", "Max-Forwards missing or malformed"},
        Broken{"Content-Length: 0", "Content-Length: 5", "wrong Content-Length"},
        Broken{";tag=mwrk3ffh4a2ab3a", "", "From has no tag"},
        Broken{"z9hG4bK-", "x-", "Via branch is missing or has no z9hG4bK cookie"},
        Broken{"7167 REGISTER", "7167 INVITE", "CSeq method differs from the request's"},
        Broken{"7167 REGISTER", "4294967295 REGISTER", "malformed CSeq"},
        Broken{"SIP/2.0\r\nVia", "SIP/2.0 \r\nVia", "unreadable"},
        Broken{"REGISTER sip:", "REGISTER  sip:", "Request-URI is no SIP URI"},
        Broken{"Max-Forwards:", "Max Forwards: 1\r\nMax-Forwards:", "header name is no token"},
        Broken{"CSeq: 7167 REGISTER\r\n", "CSeq: 7167 REGISTER\n", "bare CR or LF"},
        Broken{"+sip.instance=\"<urn:uuid:1>\";", "",
               "Contact of REGISTER has no +sip.instance=\"<urn:...>\""}));

TEST(StrictGrammar, WantsContactInInviteAndItsAnswer) {
  std::string invite = with("REGISTER sip", "INVITE sip");
  invite.replace(invite.find("7167 REGISTER"), 13, "7167 INVITE");
  invite.erase(invite.find("Contact:"), invite.find("Content-Length") - invite.find("Contact:"));
  EXPECT_EQ(faults_of(invite), std::vector<std::string>{"Contact is missing"});
}

class StrictTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server.start()) << server.error();
    ASSERT_TRUE(phone.connect());
  }
  bool violated(const std::string& rule) {
    for (const auto& violation : server.violations()) {
      if (violation.rule == rule) return true;
    }
    return false;
  }
  // For rules about what does not come: the judge waits 5 s.
  bool violated_in_time(const std::string& rule) {
    const auto end = std::chrono::steady_clock::now() + seconds(10);
    while (!violated(rule) && std::chrono::steady_clock::now() < end) {
      phone.expect("nothing starts like this", std::chrono::milliseconds(50));
    }
    return violated(rule);
  }
  Server server;
  TestPhone phone{server, {"101", "gst-ringcentral/0.1", "urn:uuid:s"}};
};

TEST_F(StrictTest, GoodClientBreaksNothing) {
  ASSERT_EQ(phone.register_line().status, 200);
  const auto invite = phone.invite_authorised("78654", kSdp);
  phone.send(phone.ack(invite, phone.expect("SIP/2.0 486")));
  EXPECT_EQ(phone.register_line(0).status, 200);
  EXPECT_TRUE(server.violations().empty()) << server.violations()[0].rule;
}

TEST_F(StrictTest, GoodCallsOfAGoodClientBreakNothing) {
  TestPhone other(server, {"102", "gst-ringcentral/0.1", "urn:uuid:o"});
  ASSERT_TRUE(other.connect());
  phone.register_line();
  other.register_line();
  // Answered, held, hung up by the caller.
  const auto invite = phone.invite_authorised("102", kSdp);
  const auto ringing = other.expect("INVITE ");
  other.respond(ringing, 100);
  other.respond(ringing, 180);
  other.respond(ringing, 200, kSdp);
  other.expect("ACK ");
  const auto ok = phone.expect("SIP/2.0 200");
  phone.send(phone.ack(invite, ok));
  other.respond(other.expect("MESSAGE "), 200);
  auto hold = phone.in_dialog("INVITE", invite, ok);
  hold.add("Contact", invite.get("Contact")).add("Content-Type", "application/sdp");
  hold.body = kSdp;
  phone.send(hold);
  other.respond(other.expect("INVITE "), 200, kSdp);
  other.expect("ACK ");
  phone.send(phone.ack(hold, phone.expect("SIP/2.0 200")));
  phone.send(phone.in_dialog("BYE", invite, ok));
  phone.expect("SIP/2.0 200");
  other.respond(other.expect("BYE "), 200);
  other.respond(other.expect("MESSAGE "), 200);
  // Cancelled while ringing.
  const auto second = phone.invite_authorised("102", kSdp);
  const auto ringing2 = other.expect("INVITE ");
  other.respond(ringing2, 180);
  phone.expect("SIP/2.0 183");
  phone.send(phone.cancel(second));
  phone.expect("SIP/2.0 200");
  phone.send(phone.ack(second, phone.expect("SIP/2.0 487")));
  other.respond(other.expect("CANCEL "), 200);
  other.respond(ringing2, 487);
  other.expect("ACK ");
  EXPECT_TRUE(server.violations().empty()) << server.violations()[0].rule << "\n"
                                           << server.violations()[0].message;
}

TEST_F(StrictTest, RefusesWith400AndKeepsTheMessage) {
  auto options = phone.request("OPTIONS", "sip:sip.ringcentral.com");
  std::erase_if(options.headers, [](const auto& h) { return h.name == "Max-Forwards"; });
  phone.send(options);
  EXPECT_EQ(phone.expect("SIP/2.0 400").status, 400);
  ASSERT_EQ(server.violations().size(), 1U);
  EXPECT_NE(server.violations()[0].message.find("OPTIONS"), std::string::npos);
}

TEST_F(StrictTest, NoticesAReusedBranchAndCSeq) {
  const auto options = phone.request("OPTIONS", "sip:sip.ringcentral.com");
  phone.send(options);
  EXPECT_EQ(phone.expect("SIP/2.0 200").status, 200);
  phone.send(options);
  EXPECT_EQ(phone.expect("SIP/2.0 400").status, 400);
  EXPECT_TRUE(violated("branch used before"));
  EXPECT_TRUE(violated("CSeq does not rise"));
}

TEST_F(StrictTest, NoticesAMissingAckWithinItsTime) {
  phone.register_line();
  phone.send(phone.invite("78654", kSdp));
  phone.expect("SIP/2.0 407");
  EXPECT_TRUE(violated_in_time("no ACK within 5 s to 407"));
}

TEST_F(StrictTest, NoticesAnAckWithAWrongCSeq) {
  phone.register_line();
  const auto invite = phone.invite("78654", kSdp);
  phone.send(invite);
  auto ack = phone.ack(invite, phone.expect("SIP/2.0 407"));
  for (auto& header : ack.headers) {
    if (header.name == "CSeq") header.value = "1 ACK";
  }
  phone.send(ack);
  phone.send(phone.request("OPTIONS", "sip:sip.ringcentral.com"));
  phone.expect("SIP/2.0 200");
  EXPECT_TRUE(violated("ACK whose CSeq fits no final response"));
}

TEST_F(StrictTest, RouteSetOfARecordRouteHasToBeUsed) {
  phone.register_line();
  server.control("POST", "/numbers",
                 "{\"number\":\"12025550100\",\"behaviour\":\"bad_sdp\",\"sip\":{\"headers\":"
                 "{\"Record-Route\":[\"<sip:a.invalid;lr>\",\"<sip:b.invalid;lr>\"]}}}");
  const auto invite = phone.invite_authorised("12025550100", kSdp);
  const auto ok = phone.expect("SIP/2.0 200");
  phone.send(phone.ack(invite, ok));
  auto info = phone.in_dialog("INFO", invite, ok);
  phone.send(info);
  EXPECT_EQ(phone.expect("SIP/2.0 200").get("CSeq"), info.get("CSeq"));
  EXPECT_TRUE(server.violations().empty()) << server.violations()[0].rule;
  info = phone.in_dialog("INFO", invite, ok);
  std::erase_if(info.headers, [](const auto& header) { return header.name == "Route"; });
  phone.send(info);
  EXPECT_EQ(phone.expect("SIP/2.0 400").get("CSeq"), info.get("CSeq"));
  EXPECT_TRUE(violated("Route is not the dialog's route set"));
}

TEST_F(StrictTest, WantsAPrackInTime) {
  phone.register_line();
  server.control("POST", "/numbers",
                 "{\"number\":\"12025550100\",\"behaviour\":\"bad_sdp\","
                 "\"sip\":{\"reliable\":true}}");
  phone.invite_authorised("12025550100", kSdp, {{"Supported", "100rel"}});
  phone.expect("SIP/2.0 183");
  EXPECT_TRUE(violated_in_time("no PRACK within 5 s"));
}

TEST_F(StrictTest, CopiesOfWhatWeWroteAreInOrder) {
  phone.register_line();
  const char* kCalls[] = {"{\"form\":\"folded\"}", "{\"raw_name\":\"4de51b\"}"};
  for (const char* sip : kCalls) {
    server.place_call(std::string("{\"to\":\"101\",\"sip\":") + sip + "}");
    phone.respond(phone.expect("INVITE "), 486);  // as it was read: unfolded, byte for byte
    EXPECT_EQ(phone.expect("ACK ").method, "ACK");
  }
  EXPECT_TRUE(server.violations().empty()) << server.violations()[0].rule;
  server.place_call("{\"to\":\"101\"}");
  phone.respond(phone.expect("INVITE "), 486, "", {{"Subject", "\xe5"}});
  phone.expect("ACK ");
  EXPECT_TRUE(violated("message is not UTF-8"));
}

TEST_F(StrictTest, InviteByAnotherWayIsAnotherTransaction) {
  phone.register_line();
  const std::string id = server.place_call("{\"to\":\"101\"}");
  const auto invite = phone.expect("INVITE ");
  phone.respond(invite, 180);
  server.control("POST", "/calls/" + id + "/repeat_invite", "{\"another_way\":true}");
  phone.respond(phone.expect("INVITE "), 482, "",
                {{"To", std::string(invite.get("To")) + ";tag=x"}});
  phone.expect("ACK ");
  phone.respond(invite, 200, kSdp);
  phone.expect("ACK ");
  EXPECT_TRUE(server.violations().empty()) << server.violations()[0].rule;
}

TEST_F(StrictTest, BytesOfATestMayBeAnsweredAndNeedNot) {
  phone.register_line();
  server.control("POST", "/flows/101/raw", "OPTIONS sip:x SIP/2.0\r\nCSeq: 1 OPTIONS\r\n\r\n");
  phone.respond(phone.expect("OPTIONS "), 400);
  EXPECT_EQ(phone.register_line().status, 200);
  EXPECT_FALSE(violated("response to no request"));
}

TEST_F(StrictTest, ForgivesOtherClients) {
  TestPhone sdk(server, {"102", "ringcentral-web-phone-2", "urn:uuid:t"});
  ASSERT_TRUE(sdk.connect());
  auto options = sdk.request("OPTIONS", "sip:sip.ringcentral.com");
  std::erase_if(options.headers, [](const auto& h) { return h.name == "Max-Forwards"; });
  sdk.send(options);
  EXPECT_EQ(sdk.expect("SIP/2.0 200").status, 200);
  EXPECT_TRUE(server.violations().empty());
}

}  // namespace
}  // namespace standin
