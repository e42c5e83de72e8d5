// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/uri.h"

#include <gtest/gtest.h>

#include "sip/name_addr.h"
#include "sip/via.h"

namespace rc::sip {
namespace {

Uri uri(std::string_view text) {
  auto parsed = Uri::parse(text);
  EXPECT_TRUE(parsed.ok()) << text;
  return parsed.ok() ? parsed.value() : Uri{};
}

TEST(SipUri, TakesAllPartsApart) {
  const Uri parsed = uri("sips:bob:secret@Example.com:5061;transport=ws;lr?subject=hi");
  EXPECT_EQ(parsed.scheme, "sips");
  EXPECT_EQ(parsed.user, "bob");
  EXPECT_EQ(parsed.password, "secret");
  EXPECT_EQ(parsed.host, "Example.com");
  EXPECT_EQ(parsed.port, 5061);
  EXPECT_EQ(parsed.params.get("TRANSPORT"), "ws");
  EXPECT_TRUE(parsed.is_loose_router());
  EXPECT_EQ(parsed.headers, "subject=hi");
}

class SipUriRoundTrip : public testing::TestWithParam<const char*> {};

TEST_P(SipUriRoundTrip, WritesWhatItRead) { EXPECT_EQ(uri(GetParam()).to_string(), GetParam()); }

INSTANTIATE_TEST_SUITE_P(
    Examples, SipUriRoundTrip,
    testing::Values("sip:12025550115*115@sip.ringcentral.com",
                    "sip:#996016@sip.ringcentral.com:5060", "sip:%231024016@sip.ringcentral.com",
                    "sip:sip.ringcentral.com", "sip:conf_732d...35303730@sip.ringcentral.com",
                    "sip:[2001:db8::10]:5070", "sip:user;par=u%40example.net@example.com",
                    "tel:+1-201-555-0123", "sip:null-%00-null@example.com",
                    "soap.beep://192.0.2.103:3002",
                    "sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*@example.com",
                    "sip:4a4d40b5@604faea0.invalid;transport=ws"));

class SipUriRefused : public testing::TestWithParam<const char*> {};

TEST_P(SipUriRefused, IsMalformed) { EXPECT_FALSE(Uri::parse(GetParam()).ok()); }

INSTANTIATE_TEST_SUITE_P(Examples, SipUriRefused,
                         testing::Values("", "sip:", "sip:@host", "sip:a@", "sip:a b@host",
                                         "<sip:a@host>", "sip:a@host:99999", "sip:a@host:",
                                         "sip:a@host;;lr", "sip:a%4@host", "sip:a@b@host",
                                         "sip:2001:db8::10", "sip:[2001:db8::10", "sip:a@host?",
                                         "host", "1sip:a@host", "sip:a@host;x=\"y\""));

TEST(SipUri, KeepsNulOfAnEscape) {
  EXPECT_EQ(uri("sip:null-%00-null@example.com").user_text(), std::string("null-\0-null", 11));
}

TEST(SipUri, EscapesUserPart) {
  EXPECT_EQ(escape_user("#996016"), "%23996016");
  EXPECT_EQ(escape_user("12025550115*115"), "12025550115*115");
  EXPECT_EQ(escape_user("a@b c\n"), "a%40b%20c%0A");
}

// The examples of RFC 3261 19.1.4.
TEST(SipUri, ComparesAsRfc3261Says) {
  const auto same = [](const char* a, const char* b) { return equivalent(uri(a), uri(b)); };
  EXPECT_TRUE(same("sip:%61lice@atlanta.com;transport=TCP", "sip:alice@AtlanTa.CoM;Transport=tcp"));
  EXPECT_TRUE(same("sip:carol@chicago.com", "sip:carol@chicago.com;newparam=5"));
  EXPECT_TRUE(same("sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com",
                   "sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com"));
  EXPECT_TRUE(same("sip:alice@atlanta.com?subject=project%20x&priority=urgent",
                   "sip:alice@atlanta.com?priority=urgent&subject=project%20x"));
  EXPECT_FALSE(same("SIP:ALICE@AtLanTa.CoM;Transport=udp", "sip:alice@AtLanTa.CoM;Transport=UDP"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com:5060"));
  EXPECT_FALSE(same("sip:bob@biloxi.com", "sip:bob@biloxi.com;transport=udp"));
  EXPECT_FALSE(same("sip:carol@chicago.com;newparam=5", "sip:carol@chicago.com;newparam=6"));
  EXPECT_FALSE(same("sip:carol@chicago.com", "sip:carol@chicago.com?Subject=next%20meeting"));
}

TEST(SipNameAddr, GivesParametersToTheHeaderWithoutBrackets) {  // RFC 4475 cparam01, cparam02
  const auto bare = NameAddr::parse("sip:+19725552222@gw1.example.net;unknownparam");
  ASSERT_TRUE(bare.ok());
  EXPECT_TRUE(bare.value().params.has("unknownparam"));
  EXPECT_TRUE(bare.value().uri.params.empty());
  const auto bracketed = NameAddr::parse("<sip:+19725552222@gw1.example.net;unknownparam>");
  ASSERT_TRUE(bracketed.ok());
  EXPECT_TRUE(bracketed.value().uri.params.has("unknownparam"));
  EXPECT_TRUE(bracketed.value().params.empty());
}

TEST(SipNameAddr, UndoesAndRedoesQuotes) {
  const auto parsed = NameAddr::parse(R"("J \"Rose\" \\" <sip:a@b> ; tag = x)");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().display, R"(J "Rose" \)");
  EXPECT_EQ(parsed.value().tag(), "x");
  EXPECT_EQ(parsed.value().to_string(), R"("J \"Rose\" \\" <sip:a@b>;tag=x)");
}

TEST(SipNameAddr, InfersQuotesOfOddDisplayNames) {  // RFC 4475 3.1.2.15
  const auto parsed = NameAddr::parse("O'Neil (Sales), R\xC3\xA9my<sip:a@b>");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().display, "O'Neil (Sales), R\xC3\xA9my");
}

TEST(SipNameAddr, ReadsRegisteredContact) {
  const auto parsed = NameAddr::parse(
      "<sip:u@h.invalid;transport=wss>;+sip.instance=\"<urn:uuid:1234>\";expires=60");
  ASSERT_TRUE(parsed.ok());
  EXPECT_EQ(parsed.value().params.get("+sip.instance"), "<urn:uuid:1234>");
  EXPECT_EQ(parsed.value().params.get("expires"), "60");
  EXPECT_TRUE(NameAddr::parse("*").value().wildcard);
}

class SipNameAddrRefused : public testing::TestWithParam<const char*> {};

TEST_P(SipNameAddrRefused, IsMalformed) { EXPECT_FALSE(NameAddr::parse(GetParam()).ok()); }

INSTANTIATE_TEST_SUITE_P(Examples, SipNameAddrRefused,
                         testing::Values("", "\"Mr. J. User <sip:j.user@example.com>",
                                         "\"a\" sip:a@b", "<sip:a@b", "< sip:a@b >",
                                         "sip:user@example.com?Route=%3Csip:x%3E",
                                         "\"Joe\" <sip:joe@example.org>;;;;", "<sip:a@b>x",
                                         "<sip:a@b>;tag=\"x"));

TEST(SipVia, ReadsLooseSpacing) {  // RFC 4475 wsinv
  const auto via =
      Via::parse("SIP  / 2.0  / TCP     spindle.example.com   ; branch  = z9hG4bK9ikj8");
  ASSERT_TRUE(via.ok());
  EXPECT_EQ(via.value().transport, "TCP");
  EXPECT_EQ(via.value().host, "spindle.example.com");
  EXPECT_EQ(via.value().branch(), "z9hG4bK9ikj8");
}

TEST(SipVia, ReadsWhatRingCentralWrites) {
  const auto via = Via::parse("SIP/2.0/WSS 198.51.100.165:8083;rport;branch=z9hG4bK305I2S-2qHqTu");
  ASSERT_TRUE(via.ok());
  EXPECT_EQ(via.value().sent_by(), "198.51.100.165:8083");
  EXPECT_EQ(via.value().to_string(),
            "SIP/2.0/WSS 198.51.100.165:8083;rport;branch=z9hG4bK305I2S-2qHqTu");
}

TEST(SipVia, TakesReceivedIpv6WithAndWithoutBrackets) {  // RFC 5118 4.5
  EXPECT_TRUE(Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=b").ok());
  EXPECT_TRUE(Via::parse("SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=b").ok());
}

TEST(SipVia, RefusesEmptyParameters) {
  EXPECT_FALSE(Via::parse("SIP/2.0/UDP 192.0.2.15;;").ok());
  EXPECT_FALSE(Via::parse("SIP/2.0/UDP").ok());
  EXPECT_FALSE(Via::parse("SIP/3.0/UDP host").ok());
}

}  // namespace
}  // namespace rc::sip
