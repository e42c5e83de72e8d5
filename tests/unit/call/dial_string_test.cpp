// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/dial_string.h"

#include <glib.h>
#include <gtest/gtest.h>

#include "fakes/nasty_strings.h"

namespace rc::call {
namespace {

std::string dialled(const std::string& text, bool allow_emergency = false) {
  const auto user = parse_dial_string(text, allow_emergency);
  return user.ok() ? user.value() : "refused";
}

TEST(DialString, TakesWhatPeopleWrite) {
  EXPECT_EQ(dialled("+1 (202) 555-0100"), "12025550100");
  EXPECT_EQ(dialled("102"), "102");
  EXPECT_EQ(dialled("*813"), "*813");
  EXPECT_EQ(dialled("*6712025550100"), "*6712025550100");
  EXPECT_EQ(dialled("prk80012"), "prk80012");
  EXPECT_EQ(dialled("conf_a-B_9"), "conf_a-B_9");
}

TEST(DialString, RefusesWhatCouldBecomeAnotherRequest) {
  for (const char* bad :
       {"", "+", " ", "12025550100\n", "\t102", "prk1 ", "12025550100@evil.example",
        "1202;phone-context=x", "sip:100", "100\r\nVia: x", "conf_", "conf_a@b", "12025550100%00",
        "one", "11111111111111111111111111111111111111111"})
    EXPECT_EQ(dialled(bad), "refused") << bad;
}

// What is let through is the user part of a URI as it stands; what is not is told in clean words.
TEST(DialString, LetsNothingNastyThrough) {
  constexpr std::string_view kAllowed =
      "0123456789*abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.";
  size_t refused = 0;
  for (const std::string& text : fakes::nasty_strings(1000)) {
    const auto user = parse_dial_string(text, true);
    if (user.ok()) {
      EXPECT_EQ(user.value().find_first_not_of(kAllowed), std::string::npos) << text;
      continue;
    }
    ++refused;
    const std::string& message = user.error().message;
    EXPECT_EQ(user.error().code, Errc::kConfig);
    EXPECT_LT(message.size(), 1500U);
    EXPECT_TRUE(g_utf8_validate(message.data(), static_cast<gssize>(message.size()), nullptr));
    EXPECT_EQ(message.find_first_of(std::string("\r\n\0\x1b\x7F", 5)), std::string::npos);
  }
  EXPECT_GT(refused, 900U);
}

class EmergencyNumber : public testing::TestWithParam<const char*> {};

TEST_P(EmergencyNumber, IsDialledOnlyWhenAllowed) {
  EXPECT_EQ(dialled(GetParam()), "refused");
  EXPECT_NE(dialled(GetParam(), true), "refused");
}

INSTANTIATE_TEST_SUITE_P(AsPeopleWriteIt, EmergencyNumber,
                         testing::Values("911", "112", "933", "999", "000", "988", "1911", "+911",
                                         "+1911", "+1 911", "+44 999", "+353112", "9-1-1", "9 1 1",
                                         " 911 ", "(911)", "(9)11", "9.1.1", "1-911", "*67911",
                                         "*82 911", "*67*82911"));

class DisguisedEmergencyNumber : public testing::TestWithParam<const char*> {};

TEST_P(DisguisedEmergencyNumber, IsNoNumberAtAll) {
  EXPECT_EQ(dialled(GetParam()), "refused");
  EXPECT_EQ(dialled(GetParam(), true), "refused");
}

INSTANTIATE_TEST_SUITE_P(OtherSpellings, DisguisedEmergencyNumber,
                         testing::Values("tel:911", "tel:+1911", "TEL:911",
                                         "sip:911@sip.ringcentral.com;user=phone", "sips:911@x",
                                         "<sip:911@x;user=phone>", "911@x", "911;phone-context=+1",
                                         "911;user=phone", "nine11", "9one1", "911a", "9[1]1",
                                         "9/1/1", "\"911\"", "911,,1", "911#", "9%311", "%39%31%31",
                                         "\xEF\xBC\x99\xEF\xBC\x91\xEF\xBC\x91",
                                         "\xD9\xA9\xD9\xA1\xD9\xA1",
                                         "9\xE2\x80\x8B"
                                         "11",
                                         "\xE2\x80\xAD"
                                         "911",
                                         "9\t1\t1", "++911"));

TEST(DialString, TakesNumbersThatOnlyLookLikeEmergencyOnes) {
  for (const char* number : {"9112", "12029110911", "+1 202 555 0911", "+441632960999", "1112",
                             "+4930112", "101", "*112"})
    EXPECT_NE(dialled(number), "refused") << number;
}

}  // namespace
}  // namespace rc::call
