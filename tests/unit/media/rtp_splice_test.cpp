// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_splice.h"

#include <gtest/gtest.h>

namespace rc::media {
namespace {

using namespace std::chrono_literals;

constexpr uint32_t kFirst = 7, kSecond = 9;

class Splice : public ::testing::Test {
 protected:
  // A packet of 20 ms each 20 ms.
  std::optional<RtpPlace> next(RtpPlace& packet) {
    now += 20ms;
    return at(packet);
  }
  std::optional<RtpPlace> at(RtpPlace& packet) {
    const auto place = splice.place(packet, now);
    ++packet.sequence;
    packet.timestamp += 160;
    return place;
  }

  RtpSplice splice{8000};
  std::chrono::microseconds now = 1s;
  RtpPlace one{kFirst, 65534, 0xffffff00}, other{kSecond, 500, 12345};
};

TEST_F(Splice, LeavesTheFirstStreamAsItIs) {
  for (int i = 0; i < 5; ++i) {
    const RtpPlace packet = one;
    EXPECT_EQ(next(one), packet);
  }
}

TEST_F(Splice, GoesOnWithTheNextStreamWhenTheFirstIsSilent) {
  RtpPlace last = *next(one);
  now += 80ms;
  const RtpPlace place = *next(other);
  EXPECT_EQ(place, (RtpPlace{kFirst, 65535, last.timestamp + 800}));
  last = *next(other);
  EXPECT_EQ(last, (RtpPlace{kFirst, 0, place.timestamp + 160}));  // its sequence wraps
}

TEST_F(Splice, LetsTheThirdPacketOfANewStreamTakeOver) {
  const RtpPlace last = *next(one);
  EXPECT_FALSE(next(other));
  EXPECT_FALSE(at(other));
  EXPECT_EQ(*at(other), (RtpPlace{kFirst, 65535, last.timestamp + 160}));
  EXPECT_FALSE(next(one)) << "the one before is heard no more while the new one talks";
}

TEST_F(Splice, ReturnsToAStreamThatTalksOn) {
  for (int i = 0; i < 10; ++i) next(one);
  for (int i = 0; i < 10; ++i) next(other);
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(at(one));
  now += 60ms;
  EXPECT_TRUE(next(one));
}

TEST_F(Splice, DropsPacketsOfBeforeAStreamsTurn) {
  next(one);
  now += 80ms;
  RtpPlace late = other;
  --late.sequence;
  const RtpPlace place = *next(other);
  EXPECT_FALSE(at(late));
  EXPECT_EQ(next(other)->sequence, static_cast<uint16_t>(place.sequence + 1));
}

TEST_F(Splice, KeepsTheOrderOfALateOne) {
  next(one);
  now += 80ms;
  next(other);
  RtpPlace late = other;
  const uint16_t expected = static_cast<uint16_t>(splice.place(other, now)->sequence + 1);
  other.sequence += 2;
  next(other);
  ++late.sequence;
  EXPECT_EQ(at(late)->sequence, expected);
}

TEST_F(Splice, HearsALongStreamPastItsHalfWayPoint) {
  next(one);
  now += 80ms;
  for (int i = 0; i < 70000; ++i) ASSERT_TRUE(next(other)) << i;
}

TEST_F(Splice, IsNotTakenInByAFlood) {
  next(one);
  for (uint32_t ssrc = 1000; ssrc < 2000; ++ssrc) {
    RtpPlace forged{ssrc, 1, 1};
    EXPECT_FALSE(at(forged));
    const bool talks = ssrc % 10 != 0 || next(one);
    EXPECT_TRUE(talks);
  }
}

}  // namespace
}  // namespace rc::media
