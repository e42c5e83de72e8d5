// SPDX-License-Identifier: LGPL-2.1-or-later
// Bodies: parts, alternatives, parts within parts (RFC 2046, RFC 5621).
#include <gtest/gtest.h>

#include "sip/bounds.h"
#include "sip/message.h"

namespace rc::sip {
namespace {

using namespace std::string_literals;

Message with_body(const std::string& type, std::string body) {
  Message message = Message::request("INVITE", Uri::parse("sip:bob@example.com").value());
  message.set_body(type, std::move(body));
  return message;
}

std::string part(const std::string& headers, const std::string& content) {
  return "\r\n" + headers + "\r\n" + content + "\r\n";
}

std::string multipart(const std::string& boundary, const std::vector<std::string>& parts) {
  std::string body;
  for (const auto& each : parts) body += "--" + boundary + each;
  return body + "--" + boundary + "--\r\n";
}

const std::string kSdpPart = part("Content-Type: application/sdp\r\n", "v=0");
const std::string kTextPart = part("Content-Type: text/plain\r\n", "hello");

// Types of all parts, one that may be ignored in brackets.
std::string outline(const Message& message) {
  std::string out;
  for (const BodyPart& each : message.body_parts())
    out += each.optional ? "(" + each.type + ") " : each.type + " ";
  return out;
}

TEST(SipBody, WholeBodyIsOnePart) {
  EXPECT_EQ(outline(with_body("Application/SDP ; a=b", "v=0")), "application/sdp ");
  EXPECT_EQ(with_body("Application/SDP ; a=b", "v=0").sdp(), "v=0");
  EXPECT_EQ(outline(with_body("application/sdp", "")), "");
  Message optional = with_body("text/html", "x");
  optional.add("Content-Disposition", "render ; Handling = OPTIONAL");
  EXPECT_EQ(outline(optional), "(text/html) ");
}

TEST(SipBody, SdpIsWhatIsForTheSession) {
  const Message message =
      with_body("multipart/mixed;boundary=\"b 1\"",
                "preamble\r\n--b 1\r\nContent-Type: application/sdp\r\n"
                "Content-Disposition: render\r\n\r\nwrong\r\n"
                "--b 1\r\nc: Application/SDP;x=y\r\nContent-Disposition: session\r\n\r\n"
                "v=0\r\ns=--b 1\r\n\0\r\n--b 1\r\n\r\nplain\r\n--b 1--\r\nepilogue"s);
  EXPECT_EQ(outline(message), "application/sdp application/sdp text/plain ");
  EXPECT_EQ(message.sdp(), "v=0\r\ns=--b 1\r\n\0"s);
}

TEST(SipBody, SdpThatIsEncodedCannotBeRead) {
  EXPECT_EQ(with_body("multipart/mixed;boundary=b",
                      multipart("b", {part("Content-Type: application/sdp\r\n"
                                           "Content-Transfer-Encoding: base64\r\n",
                                           "dj0w")}))
                .sdp(),
            "");
  Message zipped = with_body("application/sdp", "v=0");
  zipped.add("e", "gzip");
  EXPECT_EQ(zipped.sdp(), "");
}

TEST(SipBody, HeadersOfAPartMayBeFoldedOrMissing) {
  const Message message = with_body(
      "multipart/mixed;boundary=b",
      multipart("b", {part("Content-Type:\r\n application/sdp\r\nContent-Disposition: session;\r\n"
                           "\thandling=optional\r\n",
                           "v=0"),
                      part("", "x"), "\r\n"}));
  EXPECT_EQ(outline(message), "(application/sdp) text/plain text/plain ");
  EXPECT_EQ(message.body_parts().at(1).content, "x");
  EXPECT_EQ(message.body_parts().at(2).content, "");
}

TEST(SipBody, PartsWithinPartsAreTakenApart) {
  // The boundary of the inner one begins with that of the outer one.
  const std::string inner = multipart("bb", {kTextPart, kSdpPart});
  const Message message = with_body(
      "multipart/mixed; boundary=b",
      multipart("b", {part("Content-Type: multipart/related;boundary=bb\r\n", inner), kTextPart}));
  EXPECT_EQ(outline(message), "text/plain application/sdp text/plain ");
  EXPECT_EQ(message.sdp(), "v=0");
}

TEST(SipBody, OneOfSeveralAlternativesIsEnough) {
  const Message message = with_body("multipart/alternative;boundary=b",
                                    multipart("b", {part("Content-Type: x/y\r\n", "1"), kSdpPart}));
  EXPECT_EQ(outline(message), "(x/y) (application/sdp) ");
  EXPECT_EQ(message.sdp(), "v=0");
}

TEST(SipBody, HandlingOfAWholeCountsForItsParts) {
  const Message message =
      with_body("multipart/mixed;boundary=b",
                multipart("b", {part("Content-Type: multipart/mixed;boundary=c\r\n"
                                     "Content-Disposition: x;handling=optional\r\n",
                                     multipart("c", {kTextPart})),
                                kSdpPart}));
  EXPECT_EQ(outline(message), "(text/plain) application/sdp ");
}

TEST(SipBody, PaddingAfterTheBoundaryIsNoPartOfIt) {
  const std::string body = "--b \t\r\n\r\none\r\n--bx\r\ntwo\r\n--b--  \r\n";
  const Message message = with_body("multipart/mixed;boundary=b", body);
  ASSERT_EQ(message.body_parts().size(), 1U);
  EXPECT_EQ(message.body_parts().front().content, "one\r\n--bx\r\ntwo");
}

TEST(SipBody, WhatCannotBeTakenApartHasNoParts) {
  for (const char* type : {"multipart/mixed", "multipart/mixed;boundary=other",
                           "multipart/mixed;boundary=\"\"", "multipart/mixed;boundary=b;;"}) {
    const Message message = with_body(type, multipart("b", {kSdpPart}));
    EXPECT_EQ(message.sdp(), "") << type;
  }
  EXPECT_EQ(outline(with_body("multipart/mixed;boundary=b", "--b\r\n\r\ncut short")), "");
}

TEST(SipBody, PartsAreLimited) {
  const auto with_parts = [](size_t count) {
    return with_body("multipart/mixed;boundary=b",
                     multipart("b", std::vector<std::string>(count, kTextPart)));
  };
  EXPECT_EQ(with_parts(kMaxBodyParts).body_parts().size(), kMaxBodyParts);
  EXPECT_TRUE(with_parts(kMaxBodyParts + 1).body_parts().empty());
}

TEST(SipBody, BoundaryIsLimited) {
  const auto with_boundary = [](size_t size) {
    const std::string boundary(size, '-');
    return with_body("multipart/mixed;boundary=" + boundary, multipart(boundary, {kSdpPart}));
  };
  EXPECT_EQ(with_boundary(kMaxBoundaryCharacters).sdp(), "v=0");
  EXPECT_EQ(with_boundary(kMaxBoundaryCharacters + 1).sdp(), "");
}

TEST(SipBody, DepthIsLimited) {
  const auto nested = [](size_t depth) {
    std::string body = kSdpPart;
    std::string boundary;
    for (size_t i = 0; i < depth; ++i) {
      boundary = "b" + std::to_string(i);
      body = multipart(boundary, {i == 0 ? body
                                         : part("Content-Type: multipart/mixed;boundary=b" +
                                                    std::to_string(i - 1) + "\r\n",
                                                body)});
    }
    return with_body("multipart/mixed;boundary=" + boundary, body);
  };
  EXPECT_EQ(nested(kMaxBodyDepth).sdp(), "v=0");
  EXPECT_EQ(outline(nested(kMaxBodyDepth + 1)), "multipart/mixed ");
  EXPECT_EQ(outline(nested(500)), "multipart/mixed ");
}

}  // namespace
}  // namespace rc::sip
