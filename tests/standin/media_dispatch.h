// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Hands work from any thread to the one that iterates a GMainContext, in order.
#pragma once

#include <glib.h>

#include <chrono>
#include <functional>
#include <memory>

namespace standin::media {

class Dispatcher {
 public:
  using Task = std::function<void()>;

  explicit Dispatcher(GMainContext* context);  // context: not owned, must outlive this
  ~Dispatcher();                               // tasks not run yet are dropped
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  // Any thread. The task runs in a later iteration of the context, never inside this call.
  void post(Task task);

  GMainContext* context() const { return context_; }

 private:
  struct Queue;
  GMainContext* context_;
  std::shared_ptr<Queue> queue_;
  GSource* source_;
};

// Calls once on the dispatcher's context after a delay, unless it is destroyed or stopped before.
// Owner's thread only.
class Timer {
 public:
  Timer() = default;
  ~Timer() { stop(); }
  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  void start(const Dispatcher& dispatcher, std::chrono::milliseconds delay, Dispatcher::Task task);
  void stop();

 private:
  GSource* source_ = nullptr;
};

}  // namespace standin::media
