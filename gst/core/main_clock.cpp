// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/main_clock.h"

#include <tuple>

#include "core/guard.h"

namespace rc {
namespace {

gboolean fire(gpointer data) {
  // Moved out first: the task may destroy its own Timer, and with it this GSource's data.
  auto task = std::move(*static_cast<std::function<void()>*>(data));
  std::ignore = guard(task);
  return G_SOURCE_REMOVE;
}

void destroy_task(gpointer data) { delete static_cast<std::function<void()>*>(data); }

}  // namespace

MainClock::MainClock(GMainContext* context) : context_(g_main_context_ref(context)) {}
MainClock::~MainClock() { g_main_context_unref(context_); }

Clock::Duration MainClock::now() const { return std::chrono::microseconds(g_get_monotonic_time()); }

std::chrono::system_clock::time_point MainClock::wall() const {
  return std::chrono::system_clock::now();
}

Timer MainClock::after(Duration delay, std::function<void()> task) {
  const auto wait = std::chrono::ceil<std::chrono::microseconds>(delay).count();
  GSource* source = g_timeout_source_new(0);
  g_source_set_ready_time(source, g_get_monotonic_time() + std::max<gint64>(wait, 0));
  g_source_set_callback(source, fire, new std::function<void()>(std::move(task)), destroy_task);
  g_source_attach(source, context_);
  return Timer(std::shared_ptr<void>(source, [](void* p) {
    g_source_destroy(static_cast<GSource*>(p));
    g_source_unref(static_cast<GSource*>(p));
  }));
}

}  // namespace rc
