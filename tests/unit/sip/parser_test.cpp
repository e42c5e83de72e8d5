// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/parser.h"

#include <gtest/gtest.h>

#include <string>

namespace rc::sip {
namespace {

using namespace std::string_literals;

constexpr const char* kVia = "Via: SIP/2.0/WSS h.invalid;branch=z9hG4bK1\r\n";
constexpr const char* kRest = "From: <sip:a@h>;tag=1\r\nTo: <sip:b@h>\r\nCall-ID: c1\r\n";

// An OPTIONS with one more piece of head (whole lines), and a body.
std::string options(const std::string& more = "", const std::string& body = "") {
  return std::string("OPTIONS sip:b@h SIP/2.0\r\n") + kVia + kRest + "CSeq: 1 OPTIONS\r\n" + more +
         "\r\n" + body;
}

std::string with_start(const std::string& line, const std::string& cseq = "1 OPTIONS") {
  return line + "\r\n" + kVia + kRest + "CSeq: " + cseq + "\r\n\r\n";
}

int verdict(const std::string& bytes) {
  const Parsed parsed = parse_message(bytes);
  return parsed.ok() ? 0 : parsed.fault->status;
}

TEST(SipParser, TakesInviteOfRingCentral) {
  const Parsed parsed = parse_message(
      "INVITE sip:4a4d40b5@604faea0.invalid;transport=ws SIP/2.0\r\n"
      "Via: SIP/2.0/WSS 198.51.100.165:8083;rport;branch=z9hG4bK305I2S-2qHqTu\r\n"
      "From: \"WIRELESS CALLER\" <sip:+12025550166@198.51.100.165>;tag=10.13.22.241-5070-4b\r\n"
      "To: \"WIRELESS CALLER\" <sip:12025550115*115@203.0.113.154>\r\n"
      "Call-Id: 8677929a431a4244aa159ce3ec10bd92\r\n"
      "CSeq: 218449525 INVITE\r\n"
      "p-rc-api-ids: party-id=p-33f7-2;session-id=s-33f7\r\n"
      "P-rc: <Msg><Hdr SID=\"35464233129848\" From=\"#996016@sip.ringcentral.com:5060\"/></Msg>\r\n"
      "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");
  ASSERT_TRUE(parsed.ok()) << parsed.fault->text;
  EXPECT_EQ(parsed.message.method(), "INVITE");
  EXPECT_EQ(parsed.message.from()->display, "WIRELESS CALLER");
  EXPECT_EQ(parsed.message.from_tag(), "10.13.22.241-5070-4b");
  EXPECT_EQ(parsed.message.header("p-rc-api-ids"), "party-id=p-33f7-2;session-id=s-33f7");
  EXPECT_EQ(parsed.message.sdp(), "v=0\r\n");
}

TEST(SipParser, TakesResponse) {
  const Parsed parsed = parse_message(with_start("SIP/2.0 183 Session Progress"));
  ASSERT_TRUE(parsed.ok()) << parsed.fault->text;
  EXPECT_TRUE(parsed.message.is_response());
  EXPECT_TRUE(parsed.message.is_provisional());
  EXPECT_EQ(parsed.message.status(), 183);
  EXPECT_EQ(parsed.message.reason(), "Session Progress");
  EXPECT_EQ(verdict(with_start("SIP/2.0 100 ")), 0);
  EXPECT_EQ(verdict(with_start("SIP/2.0 100")), 0);
}

TEST(SipParser, UnfoldsAndExpandsCompactNames) {
  const Parsed parsed = parse_message(
      "OPTIONS sip:b@h SIP/2.0\r\nv:SIP/2.0/WSS h.invalid\r\n ;branch=z9hG4bK1\r\n"
      "f : <sip:a@h>;tag=1\r\nT:\r\n\t<sip:b@h>\r\ni: c1\r\ncseq: 0009\r\n  OPTIONS\r\ns:\r\n\r\n");
  ASSERT_TRUE(parsed.ok()) << parsed.fault->text;
  EXPECT_EQ(parsed.message.header("Via"), "SIP/2.0/WSS h.invalid ;branch=z9hG4bK1");
  EXPECT_EQ(parsed.message.cseq()->number, 9U);
  EXPECT_EQ(parsed.message.header("Subject"), "");
  EXPECT_EQ(parsed.message.to()->uri.host, "h");
}

TEST(SipParser, KeepsUnknownHeadersInOrder) {
  const Parsed parsed = parse_message(options("X-A: ;;,,;\r\nX-A: 2\r\n"));
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.message.headers("x-a"), (std::vector<std::string_view>{";;,,;", "2"}));
}

TEST(SipParser, CutsBodyToContentLength) {
  EXPECT_EQ(parse_message(options("Content-Length: 3\r\n", "abcdef")).message.body(), "abc");
  EXPECT_EQ(parse_message(options("", "abcdef")).message.body(), "abcdef");
  EXPECT_EQ(verdict(options("Content-Length: 7\r\n", "abcdef")), 400);
  EXPECT_EQ(verdict(options("Content-Length: -3\r\n", "abcdef")), 400);
  EXPECT_EQ(verdict(options("Content-Length: 3\r\nl: 4\r\n", "abcdef")), 400);
}

TEST(SipParser, TakesLengthInUtf16Units) {  // RingCentral's SDK counts string.length
  const std::string body = "caf\xC3\xA9 \xF0\x9F\x98\x80!";  // 8 units, 11 bytes
  EXPECT_EQ(parse_message(options("Content-Length: 8\r\n", body)).message.body(), body);
  EXPECT_EQ(parse_message(options("Content-Length: 7\r\n", body)).message.body(),
            body.substr(0, 7));
}

TEST(SipParser, KeepsNulInBody) {
  const std::string body = "a\0b"s;
  EXPECT_EQ(parse_message(options("Content-Length: 3\r\n", body)).message.body(), body);
}

TEST(SipParser, RefusesNulAndBareLineBreaksInHeaders) {
  EXPECT_EQ(verdict(options("X: a\0b\r\n"s)), 400);
  EXPECT_EQ(verdict(options("X: a\nb\r\n")), 400);
  EXPECT_EQ(verdict(options("X: a\rb\r\n")), 400);
  EXPECT_EQ(verdict(options("X: \"a\\\0b\"\r\n"s)), 0);  // a quoted-pair
}

struct StartLine {
  const char* line;
  int status;
};

class SipStartLine : public testing::TestWithParam<StartLine> {};

TEST_P(SipStartLine, HasVerdict) {
  EXPECT_EQ(verdict(with_start(GetParam().line)), GetParam().status) << GetParam().line;
}

INSTANTIATE_TEST_SUITE_P(
    Examples, SipStartLine,
    testing::Values(
        StartLine{"OPTIONS sip:b@h SIP/2.0", 0}, StartLine{"OPTIONS sip:b@h sip/2.0", 0},
        StartLine{"OPTIONS  sip:b@h SIP/2.0", 400}, StartLine{"OPTIONS sip:b@h SIP/2.0 ", 400},
        StartLine{"OPTIONS <sip:b@h> SIP/2.0", 400}, StartLine{"OPTIONS sip:b@h; lr SIP/2.0", 400},
        StartLine{"OPTIONS sip:b@h?Route=x SIP/2.0", 400},
        StartLine{"OPTIONS sip:b@h SIP/7.0", 505}, StartLine{"OPTIONS sip:b@h", 400},
        StartLine{"OPTIONS sip:b@h HTTP/1.1", 400}, StartLine{"", 400}, StartLine{"OPTIONS", 400},
        StartLine{"OPTIONS ", 400}, StartLine{"nobody:opaque OPTIONS SIP/2.0", 400},
        StartLine{"OPTIONS nobody:opaque SIP/2.0", 0}, StartLine{"SIP/2.0 4294967301 x", 400},
        StartLine{"SIP/2.0 99 x", 400}, StartLine{"SIP/2.0 700 x", 400},
        StartLine{"SIP/2.0 2xx x", 400}, StartLine{"SIP/2.0  200 x", 400},
        StartLine{"SIP/3.0 200 x", 505}));

class SipBadHeader : public testing::TestWithParam<const char*> {};

TEST_P(SipBadHeader, IsRefused) {
  EXPECT_EQ(verdict(options(std::string(GetParam()) + "\r\n")), 400) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    Examples, SipBadHeader,
    testing::Values("no colon", ": no name", "na me: x", "To: <sip:c@h>", "CSeq: 1 OPTIONS",
                    "Via: SIP/2.0/UDP 192.0.2.15;;,;,,", "Max-Forwards: 300", "Max-Forwards: x",
                    "Expires: 10000000000000000", "Contact: <sip:a@h>;;;;",
                    "Contact: \"x <sip:a@h>", "Contact: <sip:a@h>;expires=280297596632815",
                    "Route: <sip:a", "Route:", "Retry-After: 949302838503028349304023988",
                    "Content-Type: sdp"));

TEST(SipParser, WantsMandatoryHeaders) {
  for (const char* name : {"Via", "From", "To", "Call-ID", "CSeq"}) {
    std::string bytes = options();
    const size_t start = bytes.find(std::string("\r\n") + name + ":");
    bytes.erase(start, bytes.find("\r\n", start + 2) - start);
    const Parsed parsed = parse_message(bytes);
    EXPECT_FALSE(parsed.ok()) << name;
    EXPECT_EQ(parsed.answerable(), std::string(name) != "Via");
  }
}

TEST(SipParser, ComparesCSeqWithMethod) {
  EXPECT_EQ(verdict(with_start("OPTIONS sip:b@h SIP/2.0", "1 INVITE")), 400);
  EXPECT_EQ(verdict(with_start("NEWMETHOD sip:b@h SIP/2.0", "1 INVITE")), 501);
  EXPECT_EQ(verdict(with_start("NEWMETHOD sip:b@h SIP/2.0", "1 NEWMETHOD")), 0);
  EXPECT_EQ(verdict(with_start("OPTIONS sip:b@h SIP/2.0", "2147483648 OPTIONS")), 400);
  EXPECT_EQ(verdict(with_start("SIP/2.0 200 OK", "9292394834772304023312 OPTIONS")), 400);
}

TEST(SipParser, AnswersBadRequestWithItsTransaction) {
  const Parsed parsed = parse_message(with_start("OPTIONS sip:b@h SIP/2.0", "1 INVITE"));
  ASSERT_TRUE(parsed.answerable());
  const Message answer = response_to(parsed.message, parsed.fault->status, "t", parsed.fault->text);
  EXPECT_EQ(answer.top_via()->branch(), "z9hG4bK1");
  EXPECT_EQ(answer.header("CSeq"), "1 INVITE");
  EXPECT_FALSE(parse_message(with_start("ACK sip:b@h SIP/2.0", "1 INVITE")).answerable());
  EXPECT_FALSE(parse_message(with_start("SIP/2.0 1000 x")).answerable());
}

TEST(SipParser, HasBounds) {
  EXPECT_EQ(verdict(options("", std::string(kMaxMessageBytes, 'x'))), 513);
  EXPECT_EQ(verdict(options("X: " + std::string(kMaxHeaderLineBytes - 5, 'x') + "\r\n")), 0);
  EXPECT_EQ(verdict(options("X: " + std::string(kMaxHeaderLineBytes, 'x') + "\r\n")), 400);
  std::string folded = "X: a\r\n";
  while (folded.size() <= kMaxHeaderLineBytes) folded += " bbbbbbbbbbbbbbbb\r\n";
  EXPECT_EQ(verdict(options(folded)), 400);
  std::string many;
  for (size_t i = 5; i < kMaxHeaders; ++i) many += "X: 1\r\n";
  EXPECT_EQ(verdict(options(many)), 0);
  EXPECT_EQ(verdict(options(many + "X: 1\r\n")), 400);
}

TEST(SipParser, WantsTheEndOfTheHeaders) {
  const std::string bytes = options();
  EXPECT_EQ(verdict(bytes.substr(0, bytes.size() - 2)), 400);
  EXPECT_EQ(verdict("\r\n\r\n" + bytes), 0);
  EXPECT_EQ(verdict(""), 400);
  EXPECT_EQ(verdict("\r\n"), 400);
}

TEST(SipParser, LivesThroughEveryCutAndFlip) {
  const std::string bytes =
      options("Contact: \"a\\\"b\" <sip:x@[::1]:1;p=%41>;q=0.3, *\r\nContent-Length: 3\r\n", "abc");
  for (size_t i = 0; i < bytes.size(); ++i) {
    verdict(bytes.substr(0, i));
    for (const char c : {'\0', '"', '<', '\\', ',', '\r', '\xFF'}) {
      std::string changed = bytes;
      changed[i] = c;
      const Parsed parsed = parse_message(changed);
      if (parsed.answerable()) response_to(parsed.message, 400, "t").to_bytes();
    }
  }
}

TEST(SipParser, AStatusLineMayEndAnywhere) {
  const std::string line = "SIP/2.0 200 OK";
  for (size_t size = 0; size < 11; ++size)
    EXPECT_EQ(verdict(with_start(line.substr(0, size))), 400) << size;
  for (const size_t size : {11U, 12U, 13U, 14U})
    EXPECT_EQ(verdict(with_start(line.substr(0, size))), 0) << size;
}

}  // namespace
}  // namespace rc::sip
