// SPDX-License-Identifier: LGPL-2.1-or-later
// Records every call in a pipeline of its own, CALL-ID.wav: each-call [most calls at a time]
#include <gst/gst.h>

#include <atomic>
#include <cstdlib>
#include <string>

static std::atomic<int> places = 50;

static gboolean on_message(GstBus*, GstMessage* message, gpointer pipeline) {
  if (!(GST_MESSAGE_TYPE(message) & (GST_MESSAGE_EOS | GST_MESSAGE_ERROR))) return TRUE;
  const bool failed = GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR;
  g_autoptr(GError) error = nullptr;
  if (failed) gst_message_parse_error(message, &error, nullptr);
  g_print("%s ended with %s\n", GST_OBJECT_NAME(pipeline), failed ? error->message : "eos");
  gst_element_set_state(GST_ELEMENT(pipeline), GST_STATE_NULL);
  if (g_str_equal(GST_OBJECT_NAME(pipeline), "phone")) std::exit(1);
  gst_object_unref(pipeline);
  ++places;
  return FALSE;
}

static void play(GstElement* pipeline) {
  g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
  gst_bus_add_watch(bus, on_message, pipeline);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
}

static gboolean record(gpointer data) {
  const std::string id = static_cast<char*>(data);
  const auto text = "pipeline.( name=" + id + " rcsrc call=" + id +
                    " idle=none ! wavenc ! filesink location=" + id + ".wav )";
  play(gst_parse_launch(text.c_str(), nullptr));
  return FALSE;
}

static void on_declined(GstPromise* promise, gpointer) {  // a reply has the field "error"
  g_print("a caller was %s\n", gst_promise_get_reply(promise) ? "gone already" : "sent away");
}

// On the line's thread: return at once. TRUE: nobody else shall answer it.
static gboolean on_call(GstElement* line, GstStructure* call) {
  const char* id = gst_structure_get_string(call, "call-id");
  if (--places >= 0) return g_idle_add_full(0, record, g_strdup(id), g_free);
  ++places;
  g_autoptr(GstPromise) promise = gst_promise_new_with_change_func(on_declined, nullptr, nullptr);
  g_signal_emit_by_name(line, "decline", id, promise);
  return TRUE;
}

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  if (argc > 1) places = std::stoi(argv[1]);
  GstElement* phone = gst_parse_launch("pipeline.( name=phone rcsignal name=line )", nullptr);
  GstElement* line = gst_bin_get_by_name(GST_BIN(phone), "line");
  g_signal_connect(line, "call-received", G_CALLBACK(on_call), nullptr);
  play(phone);
  g_main_loop_run(g_main_loop_new(nullptr, FALSE));
}
