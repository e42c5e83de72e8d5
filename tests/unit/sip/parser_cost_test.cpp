// SPDX-License-Identifier: LGPL-2.1-or-later
// What a message costs grows with its size only, however it is made up.
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>
#include <functional>
#include <string>

#include "sip/parser.h"

namespace rc::sip {
namespace {

constexpr const char* kHead =
    "INVITE sip:b@h SIP/2.0\r\nVia: SIP/2.0/WSS h.invalid;branch=z9hG4bK1\r\nFrom: "
    "<sip:a@h>;tag=1\r\n"
    "To: <sip:b@h>\r\nCall-ID: c1\r\nCSeq: 1 INVITE\r\n";

std::string repeated(const std::string& text, size_t size) {
  std::string out;
  while (out.size() < size) out += text;
  return out;
}

// The text as one header after the other, each nearly as long as it may be.
std::string as_headers(const char* name, const std::string& text) {
  std::string out;
  for (size_t at = 0; at < text.size(); at += 8000)
    out += name + (": " + text.substr(at, 8000)) + "\r\n";
  return out;
}

std::string with_multipart(const char* boundary, const std::string& body) {
  return kHead + ("Content-Type: multipart/mixed;boundary=\"" + std::string(boundary)) +
         "\"\r\n\r\n" + body;
}

struct Shape {
  const char* name;
  std::function<std::string(size_t)> make;  // a message of about that size
};

const std::vector<Shape>& shapes() {
  const auto headers = [](const char* name, const char* text) {
    return [name, text](size_t size) {
      return kHead + as_headers(name, repeated(text, size)) + "\r\n";
    };
  };
  const auto parts = [](const char* boundary, const char* text) {
    return [boundary, text](size_t size) { return with_multipart(boundary, repeated(text, size)); };
  };
  static const std::vector<Shape> all = {
      {"folds",
       [](size_t size) { return kHead + ("X: a\r\n" + repeated(" b\r\n", size)) + "\r\n"; }},
      {"empty_folds",
       [](size_t size) { return kHead + ("X: a\r\n" + repeated(" \r\n", size)) + "\r\n"; }},
      {"commas", headers("Contact", ",")},
      {"entries", headers("Route", "<sip:a>,")},
      {"open_brackets", headers("Contact", "<")},
      {"open_quotes", headers("Contact", "\"\\\"")},
      {"parameters", headers("Contact", ";a=b")},
      {"challenges", headers("WWW-Authenticate", "Digest a=b,")},
      {"short_headers", [](size_t size) { return kHead + repeated("X:\r\n", size) + "\r\n"; }},
      {"line_ends", [](size_t size) { return repeated("\r\n", size); }},
      {"dashes", parts("----------------------------------------", "-")},
      {"delimiters", parts("b", "--b\r\n")},
      {"padded_delimiters", parts("b", "\r\n--b      ")},
      {"part_headers", parts("b", "--b\r\nContent-Type: multipart/mixed;boundary=b\r\n")},
  };
  return all;
}

// CPU time of reading all of it, the best of several runs.
std::clock_t cost(const std::string& bytes) {
  std::clock_t best = CLOCKS_PER_SEC * 60;
  for (int i = 0; i < 20; ++i) {
    const std::clock_t start = std::clock();
    const Parsed parsed = parse_message(bytes);
    (void)parsed.message.body_parts();
    (void)parsed.message.challenges();
    (void)parsed.message.addresses("Contact");
    best = std::min(best, std::clock() - start);
  }
  return best;
}

class SipParserCost : public testing::TestWithParam<Shape> {};

TEST_P(SipParserCost, GrowsWithTheSizeOnly) {
  const std::clock_t small = cost(GetParam().make(15'000));
  const std::clock_t large = cost(GetParam().make(60'000));
  // Four times the size: four times the cost, and not sixteen. The constant is for short times.
  EXPECT_LT(large, 9 * small + CLOCKS_PER_SEC / 1000);
}

std::string name_of(const testing::TestParamInfo<Shape>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Shapes, SipParserCost, testing::ValuesIn(shapes()), name_of);

}  // namespace
}  // namespace rc::sip
