// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signal_listener.h"

#include <string>

#include "core/ref.h"
#include "handler_watch.h"
#include "rcmessages.h"

namespace rc {
namespace {

Owned<GstStructure> structure_of(const call::CallInfo& call) {
  return Owned<GstStructure>(to_structure(call));
}

// Whether a handler said TRUE. Handlers are the application's: they are watched.
bool emit(GstElement* element, const char* signal, const GstStructure* structure) {
  const guint id = g_signal_lookup(signal, G_OBJECT_TYPE(element));
  if (!g_signal_has_handler_pending(element, id, 0, TRUE)) return false;
  const HandlerWatch watch(element, "a handler of the signal " + std::string(signal));
  gboolean answer = FALSE;  // stays so where the signal has none
  g_signal_emit(element, id, 0, structure, &answer);
  return answer;
}

// A promise on its way, with what its end needs.
struct PendingReply {
  PendingReply(GstElement* asked, GstPromise* to) : promise(gst_promise_ref(to)) {
    g_weak_ref_init(&element, asked);
  }
  ~PendingReply() { g_weak_ref_clear(&element); }

  const Owned<GstPromise> promise;
  GWeakRef element;
};

// Runs the application's GstPromiseChangeFunc, too.
void reply(PendingReply& pending, GstStructure* structure) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&pending.element)));
  if (!element) return gst_promise_reply(pending.promise.get(), structure);
  const HandlerWatch watch(element.get(), "the function of a promise");
  gst_promise_reply(pending.promise.get(), structure);
}

}  // namespace

void SignalListener::on_status(const phone::Status& status) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return;
  const Owned<GstStructure> structure(to_structure(status));
  emit(element.get(), "registration-changed", structure.get());
}

// An rcsrc posts the messages of the call that it carries on its own bus.
void SignalListener::on_call(const call::CallInfo& call) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return;
  const auto structure = structure_of(call);
  const bool ended = call.state == call::CallState::kEnded;
  emit(element.get(), ended ? "call-ended" : "call-changed", structure.get());
  if (!call.seated) post_element_message(element.get(), to_structure(call));
}

void SignalListener::on_stats(const call::CallInfo& call, const call::CallStats& stats) {
  if (call.seated) return;
  if (const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_))))
    post_element_message(element.get(), to_structure(stats));
}

bool SignalListener::on_call_received(const call::CallInfo& call) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return false;
  const auto structure = structure_of(call);
  return emit(element.get(), "call-received", structure.get());
}

phone::Phone::Done resolve(GstElement* element, GstPromise* promise) {
  if (promise == nullptr) return [](const Result<void>&) {};
  return [pending = std::make_shared<PendingReply>(element, promise)](const Result<void>& result) {
    GstStructure* structure = nullptr;
    if (!result.ok()) {
      const Owned<GError> error(g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
                                                    result.error().message.c_str()));
      structure = gst_structure_new("rc-reply", "error", G_TYPE_ERROR, error.get(), nullptr);
    }
    reply(*pending, structure);
  };
}

}  // namespace rc
