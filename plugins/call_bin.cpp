// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call_bin.h"

#include <algorithm>
#include <optional>

#include "call_description.h"
#include "rcline.h"

namespace rc {
namespace {

constexpr const char* kFinish = "rc-finish";
constexpr gint64 kEosLimit = 3 * G_TIME_SPAN_SECOND;

CallBin::End fault_of(GstMessage* message) {
  GError* error = nullptr;
  char* debug = nullptr;
  gst_message_parse_error(message, &error, &debug);
  const Owned<GError> owned_error(error);
  const Owned<char> owned_debug(debug);
  return {error->message, debug != nullptr ? debug : ""};
}

}  // namespace

// The bus is there before the pipeline, so that finish() needs to wait for nothing.
CallBin::CallBin(Options options)
    : options_(std::move(options)), bus_(Ref<GstBus>::adopt(gst_bus_new())) {}

CallBin::End CallBin::run() {
  const auto pipeline = make_call_pipeline(options_.description, options_.call);
  if (!pipeline.ok()) return {pipeline.error().message, {}};
  GstElement* element = pipeline.value().get();
  gst_element_set_bus(element, bus_.get());
  GstContext* context = make_line_context(options_.line);
  gst_element_set_context(element, context);
  gst_context_unref(context);
  const End end = play(element);
  gst_element_set_state(element, GST_STATE_NULL);
  return end;
}

CallBin::End CallBin::play(GstElement* pipeline) {
  if (finishing_) return {};  // the caller gave up at once
  if (gst_element_set_state(pipeline, GST_STATE_PLAYING) != GST_STATE_CHANGE_FAILURE)
    return watch(pipeline);
  const Owned<GstMessage> error(gst_bus_pop_filtered(bus_.get(), GST_MESSAGE_ERROR));
  return error ? fault_of(error.get()) : End{"it does not start", {}};
}

CallBin::End CallBin::watch(GstElement* pipeline) {
  std::optional<gint64> limit;  // for EOS; CLOCK_MONOTONIC, us
  for (End end;;) {
    const auto left = limit ? std::max<gint64>(*limit - g_get_monotonic_time(), 0) : 0;
    const auto wait = limit ? static_cast<GstClockTime>(left) * GST_USECOND : GST_CLOCK_TIME_NONE;
    const Owned<GstMessage> message(gst_bus_timed_pop(bus_.get(), wait));
    if (!message) return {"it gave no EOS within 3 s when its call was over", {}};
    if (take(pipeline, message.get(), &end)) return end;
    if (finishing_ && !limit) limit = g_get_monotonic_time() + kEosLimit;
  }
}

// True: it is over.
bool CallBin::take(GstElement* pipeline, GstMessage* message, End* end) {
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
      return true;
    case GST_MESSAGE_ERROR:
      *end = fault_of(message);
      return true;
    case GST_MESSAGE_APPLICATION:
      if (gst_message_has_name(message, kFinish))
        gst_element_send_event(pipeline, gst_event_new_eos());
      return false;
    case GST_MESSAGE_ELEMENT:
    case GST_MESSAGE_WARNING:
      options_.on_message(message);
      return false;
    default:
      return false;
  }
}

void CallBin::finish() {
  if (finishing_.exchange(true)) return;
  gst_bus_post(bus_.get(), gst_message_new_application(nullptr, gst_structure_new_empty(kFinish)));
}

void CallBin::give_up() {
  options_.line->end();
  finish();
}

}  // namespace rc
