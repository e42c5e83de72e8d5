// SPDX-License-Identifier: LGPL-2.1-or-later
// What networks, transfers, hold music and hostile peers do to the packets of a call.
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <span>
#include <vector>

#include "webrtc_rig.h"
#include "webrtc_sender.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;

size_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

class WebRtcPackets : public ::testing::Test {
 protected:
  void start(WebRtcSender& sender) {
    const std::string offer = replace_all(sender.offer(), "SAVPF 111", "SAVPF 111 101") +
                              "a=rtpmap:101 telephone-event/8000\r\n";
    const auto answer = callee.answer(offer);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    sender.apply(answer.value());
    ASSERT_TRUE(callee.wait_connected());
    ASSERT_TRUE(callee.ear->hears(440));
  }

  Rig rig;
  End callee{rig.thread, rig.clock, 1000};
};

TEST_F(WebRtcPackets, HearsOnWithinATenthOfASecondWhenItChanges) {
  WebRtcSender sender(440);
  start(sender);
  for (int change = 1; change <= 12; ++change) {
    const auto before = callee.ear->last_time();
    sender.set_ssrc(0x20000000U + static_cast<uint32_t>(change));
    ASSERT_TRUE(callee.ear->waits_new_streams(change + 1)) << change;
    EXPECT_LT(callee.ear->longest_gap(before), milliseconds(100)) << change;
    EXPECT_TRUE(callee.ear->hears(440)) << change;
  }
  EXPECT_FALSE(callee.failed());
}

TEST_F(WebRtcPackets, HearsAStreamAgainThatComesBack) {
  WebRtcSender sender(440);
  start(sender);
  for (int change = 1; change <= 6; ++change) {
    sender.set_ssrc(change % 2 == 0 ? 0x20000000U : 0x30000000U);
    ASSERT_TRUE(callee.ear->waits_new_streams(change + 1)) << change;
    EXPECT_TRUE(callee.ear->hears(440)) << change;
  }
  EXPECT_EQ(callee.ear->new_streams(), 7);
}

TEST_F(WebRtcPackets, HearsAStreamAgainThatHadMadeRoom) {
  WebRtcSender sender(440);
  start(sender);
  for (uint32_t change = 1; change <= 12; ++change) {
    sender.set_ssrc(0x20000000U + change % 6);
    ASSERT_TRUE(callee.ear->waits_new_streams(static_cast<int>(change) + 1)) << change;
    EXPECT_TRUE(callee.ear->hears(440)) << change;
  }
  EXPECT_FALSE(callee.failed());
}

TEST_F(WebRtcPackets, SurvivesAThousandOfThem) {
  WebRtcSender sender(440, "2.5");
  start(sender);
  const size_t before = threads();
  size_t most = 0;
  sender.change_ssrc_every(3);
  while (sender.changes() < 1000) {
    most = std::max(most, threads());
    (void)callee.ear->hears(1, milliseconds(20));
  }
  sender.change_ssrc_every(0);
  EXPECT_LE(most, before + 8);
  EXPECT_FALSE(callee.failed());
  EXPECT_TRUE(callee.ear->hears(440));
}

TEST_F(WebRtcPackets, ConcealsWhatIsLost) {
  WebRtcSender sender(440);
  start(sender);
  const auto before = callee.ear->last_time();
  sender.set_loss(10);
  ASSERT_TRUE(callee.ear->waits_concealed(10));
  // A quarter of a packet: what is missing would be a whole one. The jitterbuffer's correction of
  // the sender's clock moves times by 1-2 ms here (3 % in the first 2 s, measured).
  EXPECT_LT(callee.ear->longest_gap(before), milliseconds(5));
  EXPECT_GT(callee.stats().packets_lost, 8U);
}

// By the sender's clock what is real follows the last real block of its stream, less what was lost.
void expect_sender_times(std::span<const HeardBlock> blocks) {
  std::optional<std::chrono::nanoseconds> next;
  for (size_t i = 0; i < blocks.size(); ++i) {
    const HeardBlock& block = blocks[i];
    ASSERT_NE(block.sender_time.has_value(), block.concealed) << i;
    if (next && block.concealed) *next += milliseconds(20);
    if (block.concealed) continue;
    if (next && !block.new_stream) {
      ASSERT_LE(std::chrono::abs(*block.sender_time - *next), std::chrono::nanoseconds(1)) << i;
    }
    next = *block.sender_time + block.length;
  }
}

TEST_F(WebRtcPackets, SaysWhenTheFarEndSpokeUnlessConcealed) {
  WebRtcSender sender(440);
  start(sender);
  // opusenc shortens its first packet by the look-ahead of 6.5 ms.
  const size_t first = callee.ear->blocks().size();
  sender.set_loss(10);
  ASSERT_TRUE(callee.ear->waits_concealed(10));
  sender.set_loss(0);
  sender.set_ssrc(0x20000000U);
  ASSERT_TRUE(callee.ear->waits_new_streams(2));
  ASSERT_TRUE(callee.ear->hears(440));
  const auto blocks = callee.ear->blocks();
  expect_sender_times(std::span(blocks).subspan(first));
}

TEST_F(WebRtcPackets, TellsOfKeysAndHearsOn) {
  WebRtcSender sender(440);
  start(sender);
  for (int key = 1; key <= 3; ++key) {
    sender.press_key(8);
    EXPECT_TRUE(callee.ear->waits_events(key));
  }
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_EQ(callee.ear->new_streams(), 1);
  EXPECT_FALSE(callee.failed());
}

TEST_F(WebRtcPackets, IsAtThePresentAfterAKeyOfTwoSeconds) {
  WebRtcSender sender(440);
  start(sender);
  sender.press_key(100);
  EXPECT_TRUE(callee.ear->waits_events(1));
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_LT(std::chrono::abs(callee.ear->lateness()), milliseconds(300));
}

TEST_F(WebRtcPackets, DropsPacketsThatAreTooLarge) {
  WebRtcSender sender(440);
  start(sender);
  sender.set_padding(2000);
  EXPECT_FALSE(callee.ear->hears(440, milliseconds(800)));
  sender.set_padding(0);
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_FALSE(callee.failed());
}

}  // namespace
}  // namespace rc::media::test
