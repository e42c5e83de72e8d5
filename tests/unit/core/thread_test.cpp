// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/thread.h"

#include <gtest/gtest.h>

#include <future>
#include <vector>

namespace rc {
namespace {

TEST(Thread, RunsTasksInOrderOnItself) {
  Thread thread("test");
  std::vector<int> seen;
  std::promise<void> done;
  for (int i = 0; i < 100; ++i) thread.post([&seen, i] { seen.push_back(i); });
  thread.post([&] {
    EXPECT_TRUE(thread.is_current());
    EXPECT_EQ(g_main_context_get_thread_default(), thread.context());
    done.set_value();
  });
  done.get_future().wait();
  ASSERT_EQ(seen.size(), 100u);
  for (int i = 0; i < 100; ++i) EXPECT_EQ(seen[static_cast<size_t>(i)], i);
  EXPECT_FALSE(thread.is_current());
}

TEST(Thread, FinishesWhatIsQueuedBeforeItEnds) {
  int count = 0;
  {
    Thread thread("test");
    for (int i = 0; i < 1000; ++i) thread.post([&count] { ++count; });
  }
  EXPECT_EQ(count, 1000);
}

TEST(Thread, DropsTasksPostedAfterItsEnd) {
  TaskQueue queue;
  {
    Thread thread("test");
    queue = thread.queue();
  }
  EXPECT_FALSE(queue.post([] { FAIL(); }));
}

TEST(Thread, TakesTasksFromSeveralThreads) {
  int count = 0;  // touched on the thread only
  {
    Thread thread("test");
    std::vector<std::thread> posters;
    for (int i = 0; i < 4; ++i) {
      posters.emplace_back([&] {
        for (int j = 0; j < 500; ++j) thread.post([&count] { ++count; });
      });
    }
    for (auto& poster : posters) poster.join();
  }
  EXPECT_EQ(count, 2000);
}

}  // namespace
}  // namespace rc
