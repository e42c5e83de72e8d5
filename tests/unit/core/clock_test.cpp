// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "core/main_clock.h"
#include "fakes/fake_clock.h"

namespace rc {
namespace {

using namespace std::chrono_literals;

TEST(MainClock, FiresOnceNotBeforeTheDelay) {
  GMainContext* context = g_main_context_new();
  {
    MainClock clock(context);
    const auto start = clock.now();
    auto fired = Clock::Duration::zero();
    Timer timer = clock.after(5ms, [&] { fired = clock.now(); });
    while (fired == Clock::Duration::zero()) g_main_context_iteration(context, TRUE);
    EXPECT_GE(fired - start, 5ms);
    EXPECT_FALSE(g_main_context_pending(context));
  }
  g_main_context_unref(context);
}

TEST(MainClock, DoesNotFireWhenCancelled) {
  GMainContext* context = g_main_context_new();
  MainClock clock(context);
  bool cancelled_fired = false;
  bool done = false;
  Timer cancelled = clock.after(1ms, [&] { cancelled_fired = true; });
  Timer later = clock.after(10ms, [&] { done = true; });
  cancelled.cancel();
  while (!done) g_main_context_iteration(context, TRUE);
  EXPECT_FALSE(cancelled_fired);
  g_main_context_unref(context);
}

TEST(MainClock, LetsATaskDestroyItsOwnTimer) {
  GMainContext* context = g_main_context_new();
  MainClock clock(context);
  bool done = false;
  Timer timer;
  timer = clock.after(0ms, [&] {
    timer.cancel();
    done = true;
  });
  while (!done) g_main_context_iteration(context, TRUE);
  g_main_context_unref(context);
}

TEST(FakeClock, RunsTimersInOrderAtTheirOwnTime) {
  fakes::FakeClock clock;
  std::string order;
  Timer b = clock.after(2s, [&] { order += clock.now() == 2s ? "b" : "?"; });
  Timer a = clock.after(1s, [&] { order += clock.now() == 1s ? "a" : "?"; });
  Timer c = clock.after(3s, [&] { order += "c"; });
  clock.advance(2500ms);
  EXPECT_EQ(order, "ab");
}

}  // namespace
}  // namespace rc
