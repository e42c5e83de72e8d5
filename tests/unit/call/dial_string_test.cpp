// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/dial_string.h"

#include <gtest/gtest.h>

namespace rc::call {
namespace {

std::string dialled(const char* text, bool allow_emergency = false) {
  const auto user = parse_dial_string(text, allow_emergency);
  return user.ok() ? user.value() : "refused";
}

TEST(DialString, TakesWhatPeopleWrite) {
  EXPECT_EQ(dialled("+1 (202) 555-0100"), "12025550100");
  EXPECT_EQ(dialled("102"), "102");
  EXPECT_EQ(dialled("*813"), "*813");
  EXPECT_EQ(dialled("prk80012"), "prk80012");
  EXPECT_EQ(dialled("conf_a-B_9"), "conf_a-B_9");
}

TEST(DialString, RefusesWhatCouldBecomeAnotherRequest) {
  for (const char* bad :
       {"", "+", "12025550100@evil.example", "1202;phone-context=x", "sip:100", "100\r\nVia: x",
        "conf_", "conf_a@b", "12025550100%00", "one", "11111111111111111111111111111111111111111"})
    EXPECT_EQ(dialled(bad), "refused") << bad;
}

TEST(DialString, RefusesEmergencyNumbersUnlessAllowed) {
  for (const char* number : {"911", "112", "+911", "9-1-1", "988"}) {
    EXPECT_EQ(dialled(number), "refused") << number;
    EXPECT_NE(dialled(number, true), "refused") << number;
  }
  EXPECT_EQ(dialled("933"), "933");
}

}  // namespace
}  // namespace rc::call
