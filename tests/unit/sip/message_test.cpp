// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/message.h"

#include <gtest/gtest.h>

#include "sip/parser.h"

namespace rc::sip {
namespace {

using namespace std::string_literals;

Uri uri(std::string_view text) { return Uri::parse(text).value(); }

Message invite() {
  Message message = Message::request("INVITE", uri("sip:bob@example.com"));
  message.add("CSeq", "7 INVITE");
  message.add("Call-ID", "abc");
  message.add("To", "<sip:bob@example.com>");
  message.add("From", "\"A, B\" <sip:alice@example.com>;tag=1");
  message.add("Via", "SIP/2.0/WSS x.invalid;branch=z9hG4bK1");
  return message;
}

TEST(SipMessage, WritesRoutingHeadersFirstAndContentLengthRight) {
  Message message = invite();
  message.add("X-Own", "1");
  message.set_body("text/plain", "gr\xC3\xBC\xC3\x9F");
  message.add("Content-Length", "99");
  EXPECT_EQ(message.to_bytes(),
            "INVITE sip:bob@example.com SIP/2.0\r\n"
            "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1\r\n"
            "From: \"A, B\" <sip:alice@example.com>;tag=1\r\n"
            "To: <sip:bob@example.com>\r\n"
            "Call-ID: abc\r\n"
            "CSeq: 7 INVITE\r\n"
            "X-Own: 1\r\n"
            "Content-Type: text/plain\r\n"
            "Content-Length: 6\r\n"
            "\r\n"
            "gr\xC3\xBC\xC3\x9F");
}

TEST(SipMessage, ParsesWhatItWrote) {
  Message message = invite();
  message.set_body("application/sdp", "v=0\r\n");
  const std::string bytes = message.to_bytes();
  const Parsed parsed = parse_message(bytes);
  ASSERT_TRUE(parsed.ok()) << parsed.fault->text;
  EXPECT_EQ(parsed.message.to_bytes(), bytes);
}

TEST(SipMessage, LetsNoValueAddAHeader) {
  Message message = invite();
  message.set("Subject", "x\r\nBad: 1\nWorse: 2\0y"s);
  const Parsed parsed = parse_message(message.to_bytes());
  ASSERT_TRUE(parsed.ok()) << parsed.fault->text;
  EXPECT_FALSE(parsed.message.has("Bad"));
  EXPECT_FALSE(parsed.message.has("Worse"));
}

TEST(SipMessage, FindsHeadersByAnyName) {
  Message message = invite();
  message.add("k", "100rel, timer");
  EXPECT_EQ(message.header("v"), message.header("VIA"));
  EXPECT_TRUE(message.has_token("Supported", "TIMER"));
  EXPECT_EQ(message.tokens("supported"), (std::vector<std::string>{"100rel", "timer"}));
}

TEST(SipMessage, KnowsEveryCompactName) {
  const std::vector<std::pair<const char*, const char*>> names = {{"a", "Accept-Contact"},
                                                                  {"b", "Referred-By"},
                                                                  {"c", "Content-Type"},
                                                                  {"d", "Request-Disposition"},
                                                                  {"e", "Content-Encoding"},
                                                                  {"f", "From"},
                                                                  {"i", "Call-ID"},
                                                                  {"j", "Reject-Contact"},
                                                                  {"k", "Supported"},
                                                                  {"l", "Content-Length"},
                                                                  {"m", "Contact"},
                                                                  {"o", "Event"},
                                                                  {"r", "Refer-To"},
                                                                  {"s", "Subject"},
                                                                  {"t", "To"},
                                                                  {"u", "Allow-Events"},
                                                                  {"v", "Via"},
                                                                  {"x", "Session-Expires"},
                                                                  {"y", "Identity"}};
  for (const auto& [compact, full] : names) {
    Message message = Message::request("INVITE", uri("sip:bob@example.com"));
    message.add(compact, "1");
    EXPECT_EQ(message.header(full), "1") << compact;
  }
}

TEST(SipMessage, SplitsOnlyListHeaders) {
  Message message = invite();
  message.add("Route", "<sip:a;lr>, \"x, y\" <sip:b,c@h>");
  message.add("Route", "<sip:d>");
  message.add("Date", "Sat, 13 Nov 2010 23:29:00 GMT");
  message.add("WWW-Authenticate", "Digest realm=\"a\", nonce=\"b\"");
  message.add("X-Unknown", "a, b");
  EXPECT_EQ(message.values("Route").size(), 3U);
  EXPECT_EQ(message.addresses("Route").at(1).display, "x, y");
  for (const char* name : {"Date", "WWW-Authenticate", "X-Unknown", "From"})
    EXPECT_EQ(message.values(name).size(), 1U) << name;
}

TEST(SipMessage, ReadsTypedHeaders) {
  Message message = invite();
  message.add("Session-Expires", "1800;refresher=uac");
  message.add("Retry-After", "18000 (busy);duration=3600");
  message.add("Expires", "99999999999");
  EXPECT_EQ(message.top_via()->branch(), "z9hG4bK1");
  EXPECT_EQ(message.from_tag(), "1");
  EXPECT_EQ(message.to_tag(), "");
  EXPECT_EQ(message.from()->display, "A, B");
  EXPECT_EQ(message.cseq()->number, 7U);
  EXPECT_EQ(message.cseq()->method, "INVITE");
  EXPECT_EQ(message.number("Session-Expires"), 1800U);
  EXPECT_EQ(message.number("Retry-After"), 18000U);
  EXPECT_EQ(message.number("Expires"), std::nullopt);
  EXPECT_EQ(message.target()->user, "bob");
}

TEST(SipMessage, ResponseCopiesWhatIdentifiesTheTransaction) {
  Message request = invite();
  request.add("Via", "SIP/2.0/UDP second");
  request.add("Record-Route", "<sip:proxy;lr>");
  const Message response = response_to(request, 180, "tag9");
  EXPECT_EQ(response.to_bytes(),
            "SIP/2.0 180 Ringing\r\n"
            "Via: SIP/2.0/WSS x.invalid;branch=z9hG4bK1\r\n"
            "Via: SIP/2.0/UDP second\r\n"
            "Record-Route: <sip:proxy;lr>\r\n"
            "From: \"A, B\" <sip:alice@example.com>;tag=1\r\n"
            "To: <sip:bob@example.com>;tag=tag9\r\n"
            "Call-ID: abc\r\n"
            "CSeq: 7 INVITE\r\n"
            "Content-Length: 0\r\n"
            "\r\n");
}

TEST(SipMessage, ResponseKeepsTheTagOfTheDialog) {
  Message request = invite();
  request.set("To", "<sip:bob@example.com>;tag=old");
  EXPECT_EQ(response_to(request, 200, "new").to_tag(), "old");
  EXPECT_EQ(response_to(invite(), 100, "new").to_tag(), "");
}

TEST(SipMessage, NamesStatus) {
  EXPECT_EQ(reason_phrase(486), "Busy Here");
  EXPECT_EQ(reason_phrase(499), "Bad Request");
  EXPECT_EQ(Message::response(200, "Fine").reason(), "Fine");
}

}  // namespace
}  // namespace rc::sip
