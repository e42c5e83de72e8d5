// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include <cctype>

#include "media/fingerprint.h"

namespace rc::media::test {
namespace {

// The digests were computed over the base64-decoded bytes with coreutils (sha256sum, ...).
constexpr const char* kPem =
    "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGUs\nIGJ1dCBieXRlcw==\n"
    "-----END CERTIFICATE-----\n";
constexpr const char* kSha1 = "9E:31:83:D5:0E:0C:BC:FA:D0:81:B6:10:B5:7E:47:DF:D2:DA:6E:86";
constexpr const char* kSha256 =
    "22:04:8D:04:FC:6E:BD:FC:E4:30:FD:77:2E:F1:47:C6:A8:90:00:DD:5B:6A:23:0C:61:8F:78:7A:07:00:6E:"
    "B4";

Fingerprint parsed(const std::string& text) { return parse_fingerprint(text).value(); }

TEST(Fingerprint, MatchesTheDigestOfTheCertificate) {
  EXPECT_TRUE(matches(parsed(std::string("SHA-256 ") + kSha256), kPem));
  EXPECT_TRUE(matches(parsed(std::string("sha-1 ") + kSha1), kPem));
}

TEST(Fingerprint, IgnoresTheCaseOfTheDigits) {
  std::string lower = kSha256;
  for (char& c : lower) c = static_cast<char>(std::tolower(c));
  EXPECT_TRUE(matches(parsed("sha-256 " + lower), kPem));
}

TEST(Fingerprint, DiffersByOneDigit) {
  std::string wrong = kSha256;
  wrong.back() = wrong.back() == '0' ? '1' : '0';
  EXPECT_FALSE(matches(parsed("sha-256 " + wrong), kPem));
  EXPECT_FALSE(matches(parsed(std::string("sha-256 ") + kSha256), ""));
  EXPECT_FALSE(matches(Fingerprint{}, kPem));
}

TEST(Fingerprint, RefusesOtherAlgorithmsAndForms) {
  for (const char* bad : {"", "sha-256", "md5 00:11", "sha-256 00:11", "sha-1 00"}) {
    EXPECT_FALSE(parse_fingerprint(bad).ok()) << bad;
  }
}

TEST(Fingerprint, KnowsWhichIsStronger) {
  EXPECT_EQ(strength(Fingerprint{}), 0);
  EXPECT_LT(strength(parsed(std::string("sha-1 ") + kSha1)),
            strength(parsed(std::string("sha-256 ") + kSha256)));
}

}  // namespace
}  // namespace rc::media::test
