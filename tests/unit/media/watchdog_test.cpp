// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/watchdog.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

#include "fakes/fake_clock.h"

namespace rc::media::test {
namespace {

using namespace std::chrono_literals;

class WatchdogTest : public ::testing::Test {
 protected:
  void start(std::chrono::seconds limit = 60s) {
    dog.emplace(clock,
                Watchdog::Options{
                    limit, [this] { return packets; }, [this] { return packets > audible_from; },
                    [this] { told += "audible "; },
                    [this](call::MediaFlow flow, std::chrono::nanoseconds gap) { note(flow, gap); },
                    [this] { told += "limit "; }});
    dog->start();
  }
  void note(call::MediaFlow flow, std::chrono::nanoseconds gap) {
    const auto tenths = std::chrono::duration_cast<std::chrono::milliseconds>(gap).count() / 100;
    told += std::string(to_string(flow)) + ":" + std::to_string(tenths) + " ";
  }
  // A packet every 20 ms.
  void flow_for(std::chrono::milliseconds time) {
    for (const auto end = clock.now() + time; clock.now() < end; clock.advance(20ms)) ++packets;
  }
  std::string take() { return std::exchange(told, {}); }

  fakes::FakeClock clock;
  uint64_t packets = 0;
  uint64_t audible_from = UINT64_MAX;
  std::string told;  // "stalled:12 " after 1.2 s
  std::optional<Watchdog> dog;
};

TEST_F(WatchdogTest, SaysNothingWhilePacketsCome) {
  start();
  flow_for(20s);
  EXPECT_EQ(take(), "");
}

TEST_F(WatchdogTest, TellsOnceThatTheFarEndIsHeard) {
  audible_from = 50;
  start();
  flow_for(900ms);
  EXPECT_EQ(take(), "");
  flow_for(5s);
  EXPECT_EQ(take(), "audible ");
}

TEST_F(WatchdogTest, TellsOfAStallWithinASecondAndAHalf) {
  start();
  flow_for(2s);
  clock.advance(1100ms);
  EXPECT_EQ(take(), "");
  clock.advance(400ms);
  EXPECT_EQ(take(), "stalled:12 ");
}

TEST_F(WatchdogTest, TellsHowLongItLastedWhenPacketsComeBack) {
  start();
  flow_for(2s);
  clock.advance(5s);
  take();
  flow_for(200ms);
  EXPECT_EQ(take(), "flowing:51 ");
}

TEST_F(WatchdogTest, TimesOutAfter15SecondsAndGivesUpAfterItsLimit) {
  start();
  flow_for(2s);
  clock.advance(14900ms);
  EXPECT_EQ(take(), "stalled:12 ");
  clock.advance(300ms);
  EXPECT_EQ(take(), "timed-out:150 ");
  clock.advance(44s);
  EXPECT_EQ(take(), "");
  clock.advance(2s);
  EXPECT_EQ(take(), "limit ");
  clock.advance(120s);
  EXPECT_EQ(take(), "");
  EXPECT_EQ(clock.pending(), 0U);
}

TEST_F(WatchdogTest, HasPatienceBeforeTheFirstPacket) {
  start();
  clock.advance(29900ms);
  EXPECT_EQ(take(), "");
  clock.advance(200ms);
  EXPECT_EQ(take(), "timed-out:300 ");
  flow_for(100ms);
  EXPECT_EQ(take(), "flowing:302 ");
}

TEST_F(WatchdogTest, NeverGivesUpWithoutALimit) {
  start(0s);
  flow_for(1s);
  clock.advance(std::chrono::hours(2));
  EXPECT_EQ(take(), "stalled:12 timed-out:150 ");
}

TEST_F(WatchdogTest, ExpectsNothingWhileTheCallIsHeld) {
  start();
  flow_for(1s);
  dog->expect(false);
  clock.advance(std::chrono::hours(1));
  EXPECT_EQ(take(), "");
  dog->expect(true);
  clock.advance(1100ms);
  EXPECT_EQ(take(), "");  // it takes a while to begin again
  clock.advance(300ms);
  EXPECT_EQ(take(), "stalled:12 ");
}

TEST_F(WatchdogTest, AHoldEndsAStall) {
  start();
  flow_for(1s);
  clock.advance(3s);
  dog->expect(false);
  clock.advance(200ms);
  EXPECT_EQ(take(), "stalled:12 flowing:31 ");
}

TEST_F(WatchdogTest, BearsThePausesOfOpusDtx) {
  start();
  for (int i = 0; i < 100; ++i) {
    ++packets;
    clock.advance(400ms);
  }
  EXPECT_EQ(take(), "");
}

TEST_F(WatchdogTest, StopsWhenToldSo) {
  start();
  flow_for(1s);
  dog->stop();
  clock.advance(100s);
  EXPECT_EQ(take(), "");
}

}  // namespace
}  // namespace rc::media::test
