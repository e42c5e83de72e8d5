// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/text.h"

#include <glib.h>
#include <gtest/gtest.h>

#include "core/random.h"

namespace rc {
namespace {

TEST(CleanText, KeepsOrdinaryText) { EXPECT_EQ(clean_text("Zoë O'Neil 山田"), "Zoë O'Neil 山田"); }

TEST(CleanText, TakesAViewOfNothing) { EXPECT_EQ(clean_text(std::string_view()), ""); }

TEST(CleanText, RemovesControlAndBidiCharacters) {
  EXPECT_EQ(clean_text("a\r\nb\x1b[1m\xE2\x80\xAE"
                       "c\x7F"),
            "ab[1mc");
}

TEST(CleanText, MakesLatin1Valid) {
  const std::string clean = clean_text("Jos\xE9");
  EXPECT_TRUE(g_utf8_validate(clean.data(), static_cast<gssize>(clean.size()), nullptr));
  EXPECT_EQ(clean.substr(0, 3), "Jos");
}

TEST(CleanText, BoundsTheLength) { EXPECT_EQ(clean_text(std::string(5000, 'x')).size(), 256u); }

TEST(ParseNumber, TakesOnlyWholeNumbersInRange) {
  EXPECT_EQ(parse_number("60", 100), 60u);
  for (const char* bad : {"", "-1", "+1", "1x", " 1", "101", "99999999999999999999999"})
    EXPECT_FALSE(parse_number(bad, 100).has_value()) << bad;
}

TEST(HeaderSafe, RefusesLineBreaksAndNul) {
  EXPECT_TRUE(is_header_safe("+12025550100"));
  EXPECT_FALSE(is_header_safe("a\r\nVia: x"));
  EXPECT_FALSE(is_header_safe(std::string_view("a\0b", 3)));
}

TEST(Random, MakesTokensThatDiffer) {
  EXPECT_EQ(random_token(24).size(), 24u);
  EXPECT_NE(random_token(24), random_token(24));
  EXPECT_TRUE(g_uuid_string_is_valid(random_uuid().c_str()));
  for (int i = 0; i < 1000; ++i) EXPECT_LT(random_number(7), 7u);
}

}  // namespace
}  // namespace rc
