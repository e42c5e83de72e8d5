// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/guard.h"

#include <gtest/gtest.h>

#include <future>
#include <string>
#include <vector>

#include "core/main_clock.h"
#include "core/thread.h"

namespace rc {
namespace {

using namespace std::chrono_literals;

// Warnings that are logged while it lives.
class Warnings {
 public:
  Warnings() {
    gst_init(nullptr, nullptr);
    gst_debug_add_log_function(take, this, nullptr);
    gst_debug_set_threshold_from_string("rc*:2", FALSE);
  }
  ~Warnings() {
    gst_debug_unset_threshold_for_name("rc*");
    gst_debug_remove_log_function(take);
  }
  std::vector<std::string> texts;

 private:
  static void take(GstDebugCategory*, GstDebugLevel, const gchar*, const gchar*, gint, GObject*,
                   GstDebugMessage* message, gpointer self) {
    static_cast<Warnings*>(self)->texts.emplace_back(gst_debug_message_get(message));
  }
};

TEST(Guard, GivesWhatTheBodyReturns) {
  const auto result = guard([] { return 7; });
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result.value(), 7);
}

TEST(Guard, TurnsAnExceptionIntoAnErrorAndOneWarning) {
  const Warnings warnings;
  const auto result = guard([] { return std::string("short").at(7); });
  ASSERT_FALSE(result.ok());
  EXPECT_EQ(result.error().code, Errc::kInternal);
  ASSERT_EQ(warnings.texts.size(), 1u);
  EXPECT_NE(warnings.texts[0].find("internal error: basic_string::at"), std::string::npos);
}

TEST(Guard, TakesWhatIsNoStdException) {
  EXPECT_FALSE(guard([] { throw 7; }).ok());
}

TEST(Guard, LetsTheThreadGoOnAfterATaskThatThrows) {
  Thread thread("test");
  std::promise<void> next;
  std::promise<void> later;
  thread.post([&] {
    thread.post([&] { later.set_value(); });
    throw std::out_of_range("a fault of ours");
  });
  thread.post([&] { next.set_value(); });  // perhaps taken together with the one before
  EXPECT_EQ(next.get_future().wait_for(10s), std::future_status::ready);
  EXPECT_EQ(later.get_future().wait_for(10s), std::future_status::ready);
}

TEST(Guard, LetsTheLoopGoOnAfterATimerThatThrows) {
  GMainContext* context = g_main_context_new();
  {
    MainClock clock(context);
    bool done = false;
    const Timer throws = clock.after(0ms, [] { throw std::out_of_range("a fault of ours"); });
    const Timer next = clock.after(1ms, [&] { done = true; });
    while (!done) g_main_context_iteration(context, TRUE);
    EXPECT_FALSE(g_main_context_pending(context));
  }
  g_main_context_unref(context);
}

}  // namespace
}  // namespace rc
