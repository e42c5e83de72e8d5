// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip_text.h"

#include <gtest/gtest.h>

namespace standin {
namespace {

// Verbatim: protocol samples sip/register-3-200.txt (2019).
constexpr auto kRegisterOk =
    "SIP/2.0 200 OK\r\n"
    "Via: SIP/2.0/WSS a710736f-55c8-4a5b-8c6c-bae7993a4c0e.invalid;"
    "branch=z9hG4bK5354601a-c6f9-44e0-900b-dc33c2bb1194\r\n"
    "From: <sip:12025550115*115@sip.ringcentral.com>;tag=4a103f65-ddb0-471f-8f12-8eac08c75aa9\r\n"
    "To: <sip:12025550115*115@sip.ringcentral.com>;tag=1fMQdC\r\n"
    "Call-ID: 37a4a494-b220-4dc9-8171-80491a46226c\r\n"
    "CSeq: 709 REGISTER\r\n"
    "Content-Length: 0\r\n"
    "Contact: <sip:66c5fb5b-e78b-4bda-8799-97376028976e@a710736f-55c8-4a5b-8c6c-bae7993a4c0e."
    "invalid;transport=ws>;expires=47\r\n\r\n";

// Measured: protocol samples sip/client-message-cmd12-decline.txt, with the SDK's literal '#'.
constexpr auto kDecline =
    "MESSAGE sip:#996016@sip.ringcentral.com:5060 SIP/2.0\r\n"
    "Via: SIP/2.0/WSS mwrk3ff31b4yu1o.invalid;branch=z9hG4bK-mwrk3i4c1jkmo9sw\r\n"
    "To: <sip:#996016@sip.ringcentral.com:5060>\r\n"
    "From: <sip:12025550115*115@sip.ringcentral.com>;tag=mwrk3i4c1kph9snz\r\n"
    "Call-Id: bd614df5-9603-4d83-972c-107c4895994f\r\n"
    "Content-Type: x-rc/agent\r\n"
    "Content-Length: 180\r\n"
    "CSeq: 7189 MESSAGE\r\n\r\n"
    "<Msg><Hdr SID=\"35464233129848\" Req=\"{EEB7D831-D9D9-4815-9631-EEC476D21BD4}\" "
    "From=\"12025550115*115\" To=\"#996016@sip.ringcentral.com:5060\" Cmd=\"12\"/>"
    "<Bdy Cln=\"802398804016\"/></Msg>\r\n";

TEST(SipText, ReadsRegisterAnswerOfTheRealService) {
  const auto message = parse_sip(kRegisterOk);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->status, 200);
  EXPECT_EQ(message->reason, "OK");
  EXPECT_EQ(header_param(message->get("contact"), "expires"), "47");
  EXPECT_EQ(tag_of(message->get("To")), "1fMQdC");
  EXPECT_EQ(cseq_of(*message)->number, 709U);
  EXPECT_EQ(branch_of(*message), "z9hG4bK5354601a-c6f9-44e0-900b-dc33c2bb1194");
}

TEST(SipText, ReadsDeclineMessageOfTheSdk) {
  const auto message = parse_sip(kDecline);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->method, "MESSAGE");
  EXPECT_EQ(xml_attribute(message->body, "Hdr", "SID"), "35464233129848");
  EXPECT_EQ(xml_attribute(message->body, "Hdr", "Cmd"), "12");
  EXPECT_EQ(xml_attribute(message->body, "Bdy", "Cln"), "802398804016");
}

TEST(SipText, UnfoldsHeadersAndKnowsCompactNames) {
  const auto message =
      parse_sip("OPTIONS sip:a@b SIP/2.0\nv: SIP/2.0/WSS h\n ;branch=z1\ni: x\n\n");
  ASSERT_TRUE(message);
  EXPECT_EQ(branch_of(*message), "z1");
  EXPECT_EQ(message->get("Call-Id"), "x");
}

TEST(SipText, RefusesTextWithoutStartLine) {
  EXPECT_FALSE(parse_sip("hello\r\n\r\n"));
  EXPECT_FALSE(parse_sip("INVITE sip:a@b SIP/3.0\r\n\r\n"));
  EXPECT_FALSE(parse_sip("INVITE sip:a@b SIP/2.0\r\nno colon\r\n\r\n"));
}

TEST(SipText, KeepsQuotedBracketsOutOfTheUri) {
  EXPECT_EQ(uri_of("\"a > b\" <sip:x@y;p=1>;tag=z"), "sip:x@y;p=1");
  EXPECT_EQ(uri_of("sip:x@y;tag=z"), "sip:x@y");
  EXPECT_EQ(header_param("<sip:x@y;tag=wrong>;tag=z", "tag"), "z");
  EXPECT_EQ(user_of("sip:+12025550166@h"), "+12025550166");
}

TEST(SipText, PutsTheTagLastInAResponse) {
  const auto request = parse_sip(
      "INVITE sip:a@b SIP/2.0\r\nVia: V\r\nFrom: <sip:c@d>;tag=1\r\nTo: <sip:a@b>;x=y\r\n"
      "Call-ID: q\r\nCSeq: 1 INVITE\r\n\r\n");
  const std::string text = make_response(*request, 183, "Session Progress", "9").to_text();
  EXPECT_NE(text.find("To: <sip:a@b>;x=y;tag=9\r\n"), std::string::npos);
  EXPECT_NE(text.find("Call-Id: q\r\n"), std::string::npos);
  EXPECT_NE(text.find("Content-Length: 0\r\n\r\n"), std::string::npos);
}

}  // namespace
}  // namespace standin
