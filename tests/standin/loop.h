// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace standin {

// The stand-in's one thread with its own GMainContext. All state of the stand-in lives on it.
// call() and post() may be used from any thread; everything else only from the thread itself.
class Loop {
 public:
  Loop();
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void start();
  // Ends the thread; tasks and timers that have not run are dropped.
  void stop();

  GMainContext* context() const { return context_; }

  void post(std::function<void()> task);
  // Runs task on the thread and waits for its end (at once when already there).
  void call(const std::function<void()>& task);
  // Runs task once after delay, on the thread. There is no way to take it back: capture weakly.
  void after(std::chrono::milliseconds delay, std::function<void()> task);

  // Thread: the loop's. Something visible changed: waiters look again.
  void notify_changed();
  // Any thread but the loop's. True as soon as predicate (run on the loop) holds, false at timeout.
  bool wait_until(const std::function<bool()>& predicate, std::chrono::milliseconds timeout);
  // Called on the loop after each notify_changed(); used by the long polls of the control API.
  void set_change_listener(std::function<void()> listener) { listener_ = std::move(listener); }

 private:
  static gboolean drain(gpointer self);
  void run();

  GMainContext* context_;
  GMainLoop* main_loop_;
  GSource* queue_source_;
  std::thread thread_;
  std::mutex mutex_;
  std::deque<std::function<void()>> queue_;
  std::condition_variable changed_;
  unsigned changes_ = 0;
  bool notify_pending_ = false;
  std::function<void()> listener_;
};

// Microseconds of CLOCK_MONOTONIC, the clock of every time stamp of the stand-in.
inline gint64 now_us() { return g_get_monotonic_time(); }

}  // namespace standin
