// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/stun_probe.h"

#include <gtest/gtest.h>

namespace rc::phone {
namespace {

using namespace std::string_literals;

// RFC 5769 2.2 and 2.3: sample responses, IPv4 and IPv6, cut to what is read.
const std::string kId = "\xb7\xe7\xa7\x01\xbc\x34\xd6\x86\xfa\x87\xdf\xae"s;
const std::string kHead = "\x21\x12\xa4\x42"s + kId;
const std::string kSoftware = "\x80\x22\x00\x0b"s + "test vector "s;
const std::string kIpv4 = "\x00\x20\x00\x08\x00\x01\xa1\x47\xe1\x12\xa6\x43"s;
const std::string kIpv6 =
    "\x00\x20\x00\x14\x00\x02\xa1\x47\x01\x13\xa9\xfa\xa5\xd3\xf1\x79\xbc\x25\xf4\xb5\xbe\xd2\xb9\xd9"s;

std::string answer(const std::string& attributes) {
  return "\x01\x01\x00"s + static_cast<char>(attributes.size()) + kHead + attributes;
}

TEST(Stun, AsksAsTheStandardSays) { EXPECT_EQ(stun_request(kId), "\x00\x01\x00\x00"s + kHead); }

TEST(Stun, ReadsTheSamplesOfTheStandard) {
  EXPECT_EQ(read_stun_answer(answer(kSoftware + kIpv4), kId).value(), "192.0.2.1:32853");
  EXPECT_EQ(read_stun_answer(answer(kSoftware + kIpv6), kId).value(),
            "2001:db8:1234:5678:11:2233:4455:6677:32853");
}

TEST(Stun, RefusesTheAnswerToAnother) {
  EXPECT_FALSE(read_stun_answer(answer(kIpv4), "another one."s).ok());
}

TEST(Stun, RefusesAnErrorResponse) {
  std::string error = answer(kIpv4);
  error[1] = '\x11';
  EXPECT_FALSE(read_stun_answer(error, kId).ok());
}

TEST(Stun, BearsWhatIsCutOffAnywhere) {
  const std::string whole = answer(kSoftware + kIpv4);
  for (size_t size = 0; size < whole.size(); ++size)
    EXPECT_FALSE(read_stun_answer(whole.substr(0, size), kId).ok()) << size;
}

TEST(Stun, BearsAnAddressOfAnotherLength) {
  EXPECT_FALSE(read_stun_answer(answer("\x00\x20\x00\x04\x00\x01\xa1\x47"s), kId).ok());
  EXPECT_FALSE(read_stun_answer(answer("\x00\x20\x00\x00"s), kId).ok());
  EXPECT_FALSE(
      read_stun_answer(answer("\x00\x20\x00\x08\x00\x02\xa1\x47\xe1\x12\xa6\x43"s), kId).ok());
}

}  // namespace
}  // namespace rc::phone
