// SPDX-License-Identifier: LGPL-2.1-or-later
#include "signal_listener.h"

#include "core/ref.h"
#include "rcmessages.h"

namespace rc {
namespace {

Owned<GstStructure> structure_of(const call::CallInfo& call) {
  return Owned<GstStructure>(to_structure(call));
}

}  // namespace

void SignalListener::on_status(const phone::Status& status) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return;
  const Owned<GstStructure> structure(to_structure(status));
  g_signal_emit_by_name(element.get(), "registration-changed", structure.get());
}

// An rcsrc posts the messages of the call that it carries on its own bus.
void SignalListener::on_call(const call::CallInfo& call) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return;
  const auto structure = structure_of(call);
  const bool ended = call.state == call::CallState::kEnded;
  g_signal_emit_by_name(element.get(), ended ? "call-ended" : "call-changed", structure.get());
  if (!call.seated) post_element_message(element.get(), to_structure(call));
}

bool SignalListener::on_call_received(const call::CallInfo& call) {
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (!element) return false;
  const auto structure = structure_of(call);
  gboolean taken = FALSE;
  g_signal_emit_by_name(element.get(), "call-received", structure.get(), &taken);
  return taken;
}

phone::Phone::Done resolve(GstPromise* promise) {
  std::shared_ptr<GstPromise> owned(promise ? gst_promise_ref(promise) : nullptr,
                                    [](GstPromise* p) {
                                      if (p != nullptr) gst_promise_unref(p);
                                    });
  return [owned](const Result<void>& result) {
    if (!owned) return;
    GstStructure* reply = nullptr;
    if (!result.ok()) {
      const Owned<GError> error(g_error_new_literal(GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
                                                    result.error().message.c_str()));
      reply = gst_structure_new("rc-reply", "error", G_TYPE_ERROR, error.get(), nullptr);
    }
    gst_promise_reply(owned.get(), reply);
  };
}

}  // namespace rc
