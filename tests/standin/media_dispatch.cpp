// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_dispatch.h"

#include <deque>
#include <mutex>
#include <utility>

namespace standin::media {

// Queue and wake-up are under one mutex; handing a source per task to g_source_attach() makes
// ThreadSanitizer report races inside GLib.
struct Dispatcher::Queue {
  std::mutex mutex;
  std::deque<Task> tasks;
};

namespace {

struct DispatchSource {
  GSource base;
  std::function<void()>* drain;
};

gboolean dispatch_queue(GSource* source, GSourceFunc, gpointer) {
  g_source_set_ready_time(source, -1);
  (*reinterpret_cast<DispatchSource*>(source)->drain)();
  return G_SOURCE_CONTINUE;
}

void finalize_queue(GSource* source) { delete reinterpret_cast<DispatchSource*>(source)->drain; }

GSourceFuncs queue_funcs = {nullptr, nullptr, dispatch_queue, finalize_queue, nullptr, nullptr};

gboolean run_task(gpointer task) {
  (*static_cast<Dispatcher::Task*>(task))();
  return G_SOURCE_REMOVE;
}

void delete_task(gpointer task) { delete static_cast<Dispatcher::Task*>(task); }

}  // namespace

Dispatcher::Dispatcher(GMainContext* context)
    : context_(context),
      queue_(std::make_shared<Queue>()),
      source_(g_source_new(&queue_funcs, sizeof(DispatchSource))) {
  auto drain = [queue = queue_] {
    std::deque<Task> tasks;
    {
      std::lock_guard lock(queue->mutex);
      tasks.swap(queue->tasks);
    }
    for (auto& task : tasks) task();
  };
  reinterpret_cast<DispatchSource*>(source_)->drain = new std::function<void()>(drain);
  g_source_attach(source_, context_);
}

Dispatcher::~Dispatcher() {
  g_source_destroy(source_);
  g_source_unref(source_);
  std::deque<Task> dropped;
  std::lock_guard lock(queue_->mutex);
  dropped.swap(queue_->tasks);
}

void Dispatcher::post(Task task) {
  std::lock_guard lock(queue_->mutex);
  queue_->tasks.push_back(std::move(task));
  g_source_set_ready_time(source_, 0);
}

void Timer::start(const Dispatcher& dispatcher, std::chrono::milliseconds delay,
                  Dispatcher::Task task) {
  stop();
  source_ = g_timeout_source_new(static_cast<guint>(delay.count()));
  g_source_set_callback(source_, run_task, new Dispatcher::Task(std::move(task)), delete_task);
  g_source_attach(source_, dispatcher.context());
}

void Timer::stop() {
  if (source_ == nullptr) return;
  g_source_destroy(source_);
  g_source_unref(source_);
  source_ = nullptr;
}

}  // namespace standin::media
