// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/thread.h"

#include <pthread.h>

#include <deque>
#include <mutex>
#include <tuple>
#include <utility>

#include "core/guard.h"

namespace rc {

struct TaskQueue::State {
  std::mutex mutex;
  std::deque<Task> tasks;
  GSource* source = nullptr;  // null once the thread has ended
};

TaskQueue::TaskQueue() : state_(std::make_shared<State>()) {}

bool TaskQueue::post(Task task) const {
  std::lock_guard lock(state_->mutex);
  if (state_->source == nullptr) return false;
  state_->tasks.push_back(std::move(task));
  g_source_set_ready_time(state_->source, 0);
  return true;
}

namespace {

struct QueueSource {
  GSource base;
  std::mutex* mutex;
  std::deque<Task>* tasks;
};

// Takes what is there now: a task that posts again cannot starve the other sources.
gboolean dispatch(GSource* source, GSourceFunc, gpointer) {
  auto* self = reinterpret_cast<QueueSource*>(source);
  std::deque<Task> tasks;
  {
    std::lock_guard lock(*self->mutex);
    g_source_set_ready_time(source, -1);
    tasks.swap(*self->tasks);
  }
  for (Task& task : tasks) std::ignore = guard(task);
  return G_SOURCE_CONTINUE;
}

GSourceFuncs queue_funcs = {nullptr, nullptr, dispatch, nullptr, nullptr, nullptr};

}  // namespace

Thread::Thread(const std::string& name)
    : context_(g_main_context_new()), loop_(g_main_loop_new(context_, FALSE)) {
  auto& state = *queue_.state_;
  state.source = g_source_new(&queue_funcs, sizeof(QueueSource));
  auto* source = reinterpret_cast<QueueSource*>(state.source);
  source->mutex = &state.mutex;
  source->tasks = &state.tasks;
  g_source_set_name(state.source, "rc-tasks");
  g_source_attach(state.source, context_);
  thread_ = std::thread([this, name] { run(name); });
}

void Thread::run(const std::string& name) {
  pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
  g_main_context_push_thread_default(context_);
  g_main_loop_run(loop_);
  g_main_context_pop_thread_default(context_);
}

Thread::~Thread() {
  if (is_current()) g_error("a Thread must not be destroyed from itself");
  post([this] { g_main_loop_quit(loop_); });
  thread_.join();
  GSource* source = nullptr;
  std::deque<Task> dropped;  // destroyed outside the lock: a task may own what posts
  {
    std::lock_guard lock(queue_.state_->mutex);
    source = std::exchange(queue_.state_->source, nullptr);
    dropped.swap(queue_.state_->tasks);
  }
  dropped.clear();
  g_source_destroy(source);
  g_source_unref(source);
  g_main_loop_unref(loop_);
  g_main_context_unref(context_);
}

}  // namespace rc
