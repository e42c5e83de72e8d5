// SPDX-License-Identifier: LGPL-2.1-or-later
// Re-INVITEs, as many and as strange as the far end likes: audio flows on, and they cost nothing
// that is not given back.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "fakes/fake_clock.h"
#include "webrtc_rig.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

long resident_kib() {
  long pages = 0, resident = 0;
  std::ifstream("/proc/self/statm") >> pages >> resident;
  return resident * 4;
}

std::string with_another_digest(std::string sdp) {
  const size_t at = sdp.find("a=fingerprint:sha-256 ") + 22;
  sdp[at] = sdp[at] == 'A' ? 'B' : 'A';
  return sdp;
}

class WebRtcReinvite : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(connect(caller, callee));
    ASSERT_TRUE(hear_each_other());
  }
  bool hear_each_other() { return callee.ear->hears(440) && caller.ear->hears(1000); }
  // On the callee's own clock, which bounds how often it makes a peer.
  void let_pass(seconds time) {
    callee.run([&] { clock.advance(time); });
  }
  // An offer of somebody with new ICE credentials who never answers there.
  std::string offer_of_nobody(int number) {
    std::string offer = caller.reoffer(false);
    const size_t at = offer.find("a=ice-ufrag:") + 12;
    return offer.insert(at, "x" + std::to_string(number));
  }

  Rig rig;
  fakes::FakeClock clock;
  End caller{rig.thread, rig.clock, 440};
  End callee{rig.thread, clock, 1000};
};

TEST_F(WebRtcReinvite, AThousandWithTheSameSdpCostNothing) {
  const std::string offer = caller.reoffer(false);
  ASSERT_TRUE(callee.answer(offer).ok());
  const size_t threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
  const long before = resident_kib();
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(callee.answer(offer).ok()) << i;
  EXPECT_LT(resident_kib() - before, 1024);
  EXPECT_LE(entries("/proc/self/task"), threads);
  EXPECT_EQ(entries("/proc/self/fd"), files);
  EXPECT_TRUE(hear_each_other());
  EXPECT_EQ(callee.ear->new_streams(), 1);
}

TEST_F(WebRtcReinvite, AThousandWithNewIceMakeFewPeersAndLeaveTheAudioAlone) {
  const size_t threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
  int accepted = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto answer = callee.answer(offer_of_nobody(i));
    accepted += answer.ok() ? 1 : 0;
    // A 500, not a 488.
    EXPECT_TRUE(answer.ok() || answer.error().code == Errc::kTimeout);
  }
  EXPECT_GE(accepted, 2);
  EXPECT_LE(accepted, 4);
  EXPECT_LE(entries("/proc/self/task"), threads + 12);  // those of one more peer
  EXPECT_LE(entries("/proc/self/fd"), files + 12);
  EXPECT_TRUE(hear_each_other());
  EXPECT_FALSE(callee.failed());
  EXPECT_EQ(callee.ear->new_streams(), 1);
}

TEST_F(WebRtcReinvite, TheOldConnectionStaysWhenTheNewOneNeverComes) {
  ASSERT_TRUE(callee.answer(offer_of_nobody(1)).ok());
  let_pass(seconds(20));
  EXPECT_TRUE(hear_each_other());
  EXPECT_FALSE(callee.failed());
  // And what was agreed on before is agreed on again.
  const auto again = callee.answer(caller.reoffer(false));
  ASSERT_TRUE(again.ok());
  EXPECT_TRUE(caller.apply(again.value()).ok());
  EXPECT_TRUE(hear_each_other());
  EXPECT_EQ(callee.ear->new_streams(), 1);
}

TEST_F(WebRtcReinvite, TheOldConnectionStaysWhenTheNewOneIsSomebodyElse) {
  const auto answer = callee.answer(with_another_digest(caller.offer()));
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(caller.apply(with_another_digest(answer.value())).ok());
  EXPECT_TRUE(hear_each_other());
  EXPECT_FALSE(callee.failed());
  EXPECT_FALSE(caller.failed());
  EXPECT_EQ(callee.ear->new_streams(), 1);
}

TEST_F(WebRtcReinvite, FiftyMovesGiveThreadsAndFilesBack) {
  const auto move = [&] {
    const auto answer = callee.answer(caller.offer());
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    const int streams = callee.ear->new_streams();
    ASSERT_TRUE(caller.apply(answer.value()).ok());
    ASSERT_TRUE(callee.ear->waits_new_streams(streams + 1));
    let_pass(seconds(2));
  };
  move();
  const size_t threads = entries("/proc/self/task"), files = entries("/proc/self/fd");
  for (int i = 0; i < 49; ++i) move();
  EXPECT_TRUE(hear_each_other());
  EXPECT_EQ(entries("/proc/self/fd"), files);
  for (int i = 0; i < 400 && entries("/proc/self/task") > threads + 2; ++i) g_usleep(50 * 1000);
  EXPECT_LE(entries("/proc/self/task"), threads + 2);  // GLib's pool comes and goes
}

TEST_F(WebRtcReinvite, AnOfferOfOursThatLostAgainstTheirsIsForgotten) {
  (void)callee.offer();
  const auto answer = callee.answer(caller.reoffer(false));
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(caller.apply(answer.value()).ok());
  EXPECT_TRUE(hear_each_other());
  // The next exchange is about the connection in use.
  const auto theirs = caller.answer(callee.reoffer(false));
  ASSERT_TRUE(theirs.ok());
  EXPECT_TRUE(callee.apply(theirs.value()).ok());
  EXPECT_TRUE(hear_each_other());
  EXPECT_EQ(callee.ear->new_streams(), 1);
  EXPECT_EQ(caller.ear->new_streams(), 1);
}

TEST_F(WebRtcReinvite, AnotherCodecOnTheSameConnectionIsRefusedAndTheCallGoesOn) {
  const std::string offer = caller.reoffer(false);
  const auto refused = callee.answer(replace_all(offer, "SAVPF 111", "SAVPF 0"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::kRejected);
  EXPECT_TRUE(hear_each_other());
}

}  // namespace
}  // namespace rc::media::test
