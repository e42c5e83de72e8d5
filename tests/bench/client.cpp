// SPDX-License-Identifier: LGPL-2.1-or-later
#include "client.h"

#include <cstdlib>
#include <iostream>

namespace bench {
namespace {

GstPadProbeReturn on_buffer(GstPad*, GstPadProbeInfo* info, gpointer blocks) {
  if (!GST_BUFFER_FLAG_IS_SET(GST_PAD_PROBE_INFO_BUFFER(info), GST_BUFFER_FLAG_GAP))
    ++*static_cast<std::atomic<std::uint64_t>*>(blocks);
  return GST_PAD_PROBE_OK;
}

[[noreturn]] void fail(const GError* error) {
  std::cerr << error->message << '\n';
  std::_Exit(1);
}

GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer) {
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    GError* error = nullptr;
    gst_message_parse_error(message, &error, nullptr);
    fail(error);
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

}  // namespace

void SoundCount::watch(GstElement* element, const char* name) {
  GstPad* pad = gst_element_get_static_pad(element, name);
  gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, &blocks_, nullptr);
  gst_object_unref(pad);
}

void run_commands(const SoundCount& sound, const std::function<void(const std::string&)>& obey) {
  for (std::string line; std::getline(std::cin, line);) {
    if (line == "count") {
      std::cout << "{\"blocks\":" << sound.blocks() << "}" << std::endl;
    } else {
      obey(line);
    }
  }
}

void watch_bus(GstElement* pipeline) {
  GstBus* bus = gst_element_get_bus(pipeline);
  gst_bus_set_sync_handler(bus, on_message, nullptr, nullptr);
  gst_object_unref(bus);
}

GstElement* parse_pipeline(const std::string& description) {
  GError* error = nullptr;
  GstElement* pipeline =
      gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  if (pipeline == nullptr) fail(error);
  return GST_ELEMENT(gst_object_ref_sink(pipeline));
}

}  // namespace bench
