// SPDX-License-Identifier: LGPL-2.1-or-later
#include "loop.h"

#include <utility>

namespace standin {
namespace {

gboolean dispatch_queue(GSource* source, GSourceFunc callback, gpointer data) {
  g_source_set_ready_time(source, -1);
  return callback(data);
}

GSourceFuncs queue_funcs = {nullptr, nullptr, dispatch_queue, nullptr, nullptr, nullptr};

gboolean run_task(gpointer data) {
  (*static_cast<std::function<void()>*>(data))();
  return G_SOURCE_REMOVE;
}

void delete_task(gpointer data) { delete static_cast<std::function<void()>*>(data); }

}  // namespace

// One source drains a queue under a mutex: attaching a source per task makes TSan report races.
Loop::Loop()
    : context_(g_main_context_new()),
      main_loop_(g_main_loop_new(context_, FALSE)),
      queue_source_(g_source_new(&queue_funcs, sizeof(GSource))) {
  g_source_set_callback(queue_source_, &Loop::drain, this, nullptr);
  g_source_attach(queue_source_, context_);
}

Loop::~Loop() {
  stop();
  g_source_destroy(queue_source_);
  g_source_unref(queue_source_);
  g_main_loop_unref(main_loop_);
  g_main_context_unref(context_);
}

void Loop::start() {
  thread_ = std::thread([this] { run(); });
}

void Loop::stop() {
  if (!thread_.joinable()) return;
  post([this] { g_main_loop_quit(main_loop_); });
  thread_.join();
}

void Loop::run() {
  g_main_context_push_thread_default(context_);
  g_main_loop_run(main_loop_);
  g_main_context_pop_thread_default(context_);
}

void Loop::post(std::function<void()> task) {
  {
    std::lock_guard lock(mutex_);
    queue_.push_back(std::move(task));
  }
  g_source_set_ready_time(queue_source_, 0);
}

gboolean Loop::drain(gpointer data) {
  auto* self = static_cast<Loop*>(data);
  std::deque<std::function<void()>> tasks;
  {
    std::lock_guard lock(self->mutex_);
    tasks.swap(self->queue_);
  }
  for (auto& task : tasks) task();
  return G_SOURCE_CONTINUE;
}

void Loop::call(const std::function<void()>& task) {
  if (!thread_.joinable() || std::this_thread::get_id() == thread_.get_id()) {
    task();
    return;
  }
  std::mutex mutex;
  std::condition_variable done_cv;
  bool done = false;
  post([&] {
    task();
    std::lock_guard lock(mutex);
    done = true;
    done_cv.notify_one();
  });
  std::unique_lock lock(mutex);
  done_cv.wait(lock, [&] { return done; });
}

void Loop::after(std::chrono::milliseconds delay, std::function<void()> task) {
  GSource* source = g_timeout_source_new(static_cast<guint>(delay.count()));
  g_source_set_callback(source, run_task, new std::function<void()>(std::move(task)), delete_task);
  g_source_attach(source, context_);
  g_source_unref(source);
}

// The wake-up is a task of its own so that a listener never runs in the middle of a change.
void Loop::notify_changed() {
  if (std::exchange(notify_pending_, true)) return;
  post([this] {
    notify_pending_ = false;
    if (listener_) listener_();
    std::lock_guard lock(mutex_);
    ++changes_;
    changed_.notify_all();
  });
}

bool Loop::wait_until(const std::function<bool()>& predicate, std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    unsigned seen = 0;
    bool holds = false;
    call([&] {
      std::lock_guard lock(mutex_);
      seen = changes_;
    });
    call([&] { holds = predicate(); });
    if (holds) return true;
    std::unique_lock lock(mutex_);
    if (!changed_.wait_until(lock, deadline, [&] { return changes_ != seen; })) return false;
  }
}

}  // namespace standin
