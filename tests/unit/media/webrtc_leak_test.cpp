// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "webrtc_rig.h"

namespace rc::media::test {
namespace {

// So that GST_TRACERS=leaks reports what the tests of this program left.
struct Deinit : ::testing::Environment {
  void TearDown() override { gst_deinit(); }
};
const auto* const kDeinit = ::testing::AddGlobalTestEnvironment(new Deinit);

size_t entries(const char* folder) {
  const std::filesystem::directory_iterator all(folder);
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

void call_once(Rig& rig) {
  End caller(rig.thread, rig.clock, 440), callee(rig.thread, rig.clock, 1000);
  ASSERT_TRUE(connect(caller, callee));
  ASSERT_TRUE(callee.ear->hears(440));
  ASSERT_TRUE(callee.answer(caller.offer()).ok());  // one more in the making when it ends
}

// Threads of GLib's pool go away by themselves, after a while.
bool threads_come_down_to(size_t count) {
  for (int i = 0; i < 400; ++i) {
    if (entries("/proc/self/task") <= count) return true;
    g_usleep(50 * 1000);
  }
  return false;
}

TEST(WebRtcLeaks, GivesThreadsAndFilesBack) {
  Rig rig;
  call_once(rig);  // what a process keeps for good
  const size_t files = entries("/proc/self/fd");
  const size_t threads = entries("/proc/self/task");
  for (int i = 0; i < 20; ++i) call_once(rig);
  EXPECT_EQ(entries("/proc/self/fd"), files);
  EXPECT_TRUE(threads_come_down_to(threads));
}

}  // namespace
}  // namespace rc::media::test
