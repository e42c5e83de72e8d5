// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The application's code on the line's thread: signal handlers and the functions of promises.
#include <functional>
#include <future>
#include <mutex>

#include "bench.h"
#include "core/ref.h"

namespace rc::element {
namespace {

constexpr std::chrono::seconds kLimit{5};

// The next warning that tells of code of the application; empty when none comes.
std::string complaint(Pipeline& pipeline) {
  for (std::string text = pipeline.warning(); !text.empty(); text = pipeline.warning())
    if (text.find("kept the line's thread") != text.npos) return text;
  return {};
}

// Runs code in the first registration-changed; can tell when it has returned.
class Handler {
 public:
  Handler(GstElement* line, std::function<void()> code)
      : code_(std::move(code)),
        handler_(line, "registration-changed", G_CALLBACK(on_changed), this) {}
  bool has_returned(std::chrono::milliseconds limit) {
    return returned_.get_future().wait_for(limit) == std::future_status::ready;
  }

 private:
  static void on_changed(GstElement*, GstStructure*, Handler* self) {
    std::call_once(self->once_, [self] {
      self->code_();
      self->returned_.set_value();
    });
  }

  std::function<void()> code_;
  std::once_flag once_;
  std::promise<void> returned_;
  SignalHandler handler_;
};

TEST_F(Bench, AHandlerThatBlocksIsWarnedAboutWhileItBlocks) {
  Pipeline pipeline("rcsignal name=line");
  std::promise<void> release;
  Handler handler(pipeline.element("line"), [&] { release.get_future().wait_for(kLimit); });
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_NE(complaint(pipeline).find("a handler of the signal registration-changed"),
            std::string::npos);
  release.set_value();
  EXPECT_TRUE(handler.has_returned(kLimit));
}

TEST_F(Bench, AHandlerThatReturnsSoonIsNotWarnedAbout) {
  Pipeline pipeline("rcsignal name=line");
  Handler handler(pipeline.element("line"), [] {});
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(handler.has_returned(kLimit));
  EXPECT_NE(pipeline.warning().find("Cannot reach 127.0.0.1"), std::string::npos);
}

// As "the call is over, so end it all" does.
TEST_F(Bench, TheLastUserMayLetGoInAHandler) {
  Pipeline pipeline("rcsignal name=line");
  Handler handler(pipeline.element("line"), [&] { pipeline.set(GST_STATE_NULL); });
  pipeline.set(GST_STATE_PLAYING);
  EXPECT_TRUE(handler.has_returned(kLimit));
}

// What a promise became, and how often.
struct Reply {
  static void on_changed(GstPromise* promise, gpointer data) {
    auto* reply = static_cast<Reply*>(data);
    const std::lock_guard lock(reply->mutex);
    const GstStructure* structure = gst_promise_get_reply(promise);
    GError* error = nullptr;
    if (structure != nullptr) gst_structure_get(structure, "error", G_TYPE_ERROR, &error, nullptr);
    if (error != nullptr) reply->text = error->message;
    g_clear_error(&error);
    if (reply->slow) g_usleep(200 * 1000);
    if (++reply->count == 1) reply->first.set_value();
  }
  GstPromise* promise() { return gst_promise_new_with_change_func(on_changed, this, nullptr); }
  bool wait() { return first.get_future().wait_for(kLimit) == std::future_status::ready; }

  std::mutex mutex;
  bool slow = false;
  int count = 0;
  std::string text;
  std::promise<void> first;
};

void act(GstElement* line, const char* action, const char* call, Reply& reply) {
  const Owned<GstPromise> promise(reply.promise());
  g_signal_emit_by_name(line, action, call, promise.get());
}

TEST_F(Bench, APromiseOfAnActionThatFailsHasTheError) {
  for (const char* action : {"answer", "decline", "hangup"}) {
    Reply reply;  // outlives the line, which holds the promise
    Pipeline pipeline("rcsignal name=line");
    pipeline.set(GST_STATE_PLAYING);
    act(pipeline.element("line"), action, "c-nobody", reply);
    EXPECT_TRUE(reply.wait()) << action;
    pipeline.set(GST_STATE_NULL);
    EXPECT_EQ(reply.count, 1) << action;
    EXPECT_NE(reply.text.find("c-nobody"), std::string::npos) << action << reply.text;
  }
}

TEST_F(Bench, APromiseOfALineThatIsNotReadyHasTheError) {
  Pipeline pipeline("rcsignal name=line");
  Reply reply;
  act(pipeline.element("line"), "hangup", "c-nobody", reply);
  EXPECT_TRUE(reply.wait());
  EXPECT_NE(reply.text.find("not in READY"), std::string::npos) << reply.text;
}

TEST_F(Bench, NobodyNeedsToPromiseAnything) {
  Pipeline pipeline("rcsignal name=line");
  pipeline.set(GST_STATE_PLAYING);
  g_signal_emit_by_name(pipeline.element("line"), "hangup", nullptr, nullptr);
  Owned<char> id;
  char* dialled = nullptr;
  g_signal_emit_by_name(pipeline.element("line"), "dial", "+12025550100", nullptr, &dialled);
  id.reset(dialled);
  EXPECT_TRUE(std::string(id.get()).starts_with("c-")) << id.get();
}

TEST_F(Bench, TheFunctionOfAPromiseIsWatchedToo) {
  Reply reply;
  reply.slow = true;
  Pipeline pipeline("rcsignal name=line");
  pipeline.set(GST_STATE_PLAYING);
  act(pipeline.element("line"), "hangup", "c-nobody", reply);
  EXPECT_NE(complaint(pipeline).find("the function of a promise"), std::string::npos);
  EXPECT_TRUE(reply.wait());
}

}  // namespace
}  // namespace rc::element
