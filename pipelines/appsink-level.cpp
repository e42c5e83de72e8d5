// SPDX-License-Identifier: LGPL-2.1-or-later
// Hands what callers say to a program: prints who calls and how loud each second is.
// Ends with the first call. A voice AI would read the same samples.
#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include <cmath>
#include <cstdint>
#include <cstdio>

namespace {

constexpr int kRate = 16000;

double power_sum = 0;
int samples = 0;

void hear(int16_t sample) {
  power_sum += double(sample) * sample / (32768.0 * 32768.0);
  if (++samples < kRate) return;
  std::printf("%6.1f dBFS\n", 10 * std::log10(power_sum / kRate + 1e-10));
  std::fflush(stdout);
  power_sum = samples = 0;
}

// Called on the streaming thread with 20 ms of mono audio.
GstFlowReturn on_sample(GstAppSink* sink, gpointer) {
  GstSample* sample = gst_app_sink_pull_sample(sink);
  GstMapInfo map;
  gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ);
  const auto* pcm = reinterpret_cast<const int16_t*>(map.data);
  for (gsize i = 0; i < map.size / sizeof(int16_t); ++i) hear(pcm[i]);
  gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
  gst_sample_unref(sample);
  return GST_FLOW_OK;
}

bool failed = false;

// False when it is over.
bool handle(GstMessage* message) {
  const GstStructure* structure = gst_message_get_structure(message);
  if (gst_message_has_name(message, "rc-call"))
    std::printf("call %s: %s from %s\n", gst_structure_get_string(structure, "call-id"),
                gst_structure_get_string(structure, "state"),
                gst_structure_get_string(structure, "from"));
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    std::fprintf(stderr, "%s\n", error->message);
    g_error_free(error);
    failed = true;
  }
  return !failed && GST_MESSAGE_TYPE(message) != GST_MESSAGE_EOS;
}

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  GError* error = nullptr;
  GstElement* pipeline = gst_parse_launch(
      "rcsrc num-calls=1 idle=none ! audio/x-raw,rate=16000 ! appsink name=sink sync=false",
      &error);
  if (error != nullptr) {
    std::fprintf(stderr, "%s\n", error->message);
    return 1;
  }
  GstElement* sink = gst_bin_get_by_name(GST_BIN(pipeline), "sink");
  GstAppSinkCallbacks callbacks = {};
  callbacks.new_sample = on_sample;
  gst_app_sink_set_callbacks(GST_APP_SINK(sink), &callbacks, nullptr, nullptr);
  gst_element_set_state(pipeline, GST_STATE_PLAYING);
  GstBus* bus = gst_element_get_bus(pipeline);
  for (bool more = true; more;) {
    GstMessage* message = gst_bus_timed_pop(bus, GST_CLOCK_TIME_NONE);
    more = handle(message);
    gst_message_unref(message);
  }
  gst_element_set_state(pipeline, GST_STATE_NULL);
  gst_object_unref(bus);
  gst_object_unref(sink);
  gst_object_unref(pipeline);
  return failed ? 1 : 0;
}
