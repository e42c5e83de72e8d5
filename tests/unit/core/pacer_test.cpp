// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/pacer.h"

#include <gtest/gtest.h>

#include "fakes/fake_clock.h"

namespace rc {
namespace {

using namespace std::chrono_literals;

class PacerTest : public testing::Test {
 protected:
  int runs_after(Clock::Duration by) {
    clock.advance(by);
    return runs;
  }

  fakes::FakeClock clock;
  int runs = 0;
  Pacer pacer{clock, 60s, [this] { ++runs; }};
};

TEST_F(PacerTest, RunsTheFirstAtOnceButNotInsideTheCall) {
  pacer.ask();
  EXPECT_EQ(runs, 0);
  EXPECT_EQ(runs_after(0s), 1);
}

TEST_F(PacerTest, MakesOneOfAThousandAndKeepsTheLast) {
  for (int i = 0; i < 1000; ++i) {
    pacer.ask();
    clock.advance(10ms);
  }
  EXPECT_EQ(runs, 1);
  EXPECT_EQ(runs_after(49s), 1);
  EXPECT_EQ(runs_after(1s), 2);
  EXPECT_EQ(runs_after(1h), 2);
  EXPECT_EQ(clock.pending(), 0U);
}

TEST_F(PacerTest, RunsAtMostOnceInEachInterval) {
  for (int i = 0; i < 599; ++i) {
    pacer.ask();
    clock.advance(1s);
  }
  EXPECT_EQ(runs, 10);
}

TEST_F(PacerTest, DoesNotMakeWaitWhoAsksSeldom) {
  pacer.ask();
  clock.advance(60s);
  pacer.ask();
  EXPECT_EQ(runs_after(0s), 2);
}

TEST_F(PacerTest, ForgetsWhatIsCancelled) {
  pacer.ask();
  clock.advance(0s);
  pacer.ask();
  pacer.cancel();
  EXPECT_EQ(runs_after(1h), 1);
  pacer.ask();
  EXPECT_EQ(runs_after(0s), 2);
}

}  // namespace
}  // namespace rc
