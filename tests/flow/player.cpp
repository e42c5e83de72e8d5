// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A GStreamer program under a test's control: one command a line on stdin, one event a line on
// stdout; ends with stdin. Words are separated by single spaces, the last takes the rest.
//
//   make NAME DESCRIPTION  makes the pipeline
//   set NAME ELEMENT PROPERTY VALUE  by g_object_set(), a string
//   dot NAME               writes its graph into $GST_DEBUG_DUMP_DOT_DIR
//   start NAME             sets it to PLAYING
//   play NAME DESCRIPTION  make and start
//   stop NAME              sets it to NULL and drops it; answers `stopped NAME`
//   setenv NAME VALUE      for the pipelines to come
//   usage                  answers `usage THREADS FDS RSS_KIB`, after malloc_trim(0)
//
// Events: `eos NAME`, `error NAME TEXT`, `warning NAME TEXT`, `message NAME STRUCTURE`, and
// `sound NAME US` or `silence NAME US` when rcsrc pushes the first block that is no gap after one
// that was, or the other way round; US is CLOCK_MONOTONIC. Each block that any rcsrc pushes is a
// line in the file NAME.blocks: microseconds of CLOCK_MONOTONIC that its first sample stands for,
// those of the push, 1 if it is a gap, PTS in nanoseconds.
#include <gst/gst.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <mutex>
#include <sstream>
#include <string>

namespace {

class Output {
 public:
  void line(const std::string& text) {
    const std::lock_guard lock(mutex_);
    std::cout << text << std::endl;  // a reader waits for it
  }

 private:
  std::mutex mutex_;
} output;

// What flows out of one rcsrc. Streaming thread.
class Ear {
 public:
  Ear(std::string name, GstElement* source)
      : name_(std::move(name)), source_(source), blocks_(name_ + ".blocks", std::ios::app) {}

  static GstPadProbeReturn on_item(GstPad*, GstPadProbeInfo* info, gpointer self) {
    auto* ear = static_cast<Ear*>(self);
    if (info->type & GST_PAD_PROBE_TYPE_BUFFER) {
      ear->on_buffer(GST_PAD_PROBE_INFO_BUFFER(info));
    } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_SEGMENT) {
      gst_event_copy_segment(GST_PAD_PROBE_INFO_EVENT(info), &ear->segment_);
    }
    return GST_PAD_PROBE_OK;
  }

 private:
  void on_buffer(GstBuffer* buffer) {
    const gint64 now = g_get_monotonic_time();
    const bool gap = GST_BUFFER_FLAG_IS_SET(buffer, GST_BUFFER_FLAG_GAP);
    const GstClockTime stands_for =
        gst_element_get_base_time(source_) +
        gst_segment_to_running_time(&segment_, GST_FORMAT_TIME, GST_BUFFER_PTS(buffer));
    blocks_ << stands_for / GST_USECOND << ' ' << now << ' ' << gap << ' ' << GST_BUFFER_PTS(buffer)
            << std::endl;
    if (was_gap_ != gap)
      output.line((gap ? "silence " : "sound ") + name_ + ' ' + std::to_string(now));
    was_gap_ = gap;
  }

  const std::string name_;
  GstElement* const source_;  // outlives its pad's probe
  std::ofstream blocks_;
  GstSegment segment_{};
  bool was_gap_ = true;
};

void listen_to_source(const GValue* item, gpointer name) {
  auto* element = GST_ELEMENT(g_value_get_object(item));
  const GstElementFactory* factory = gst_element_get_factory(element);
  if (factory == nullptr || g_strcmp0(GST_OBJECT_NAME(factory), "rcsrc") != 0) return;
  GstPad* pad = gst_element_get_static_pad(element, "src");
  gst_pad_add_probe(
      pad,
      static_cast<GstPadProbeType>(GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM),
      &Ear::on_item, new Ear(*static_cast<std::string*>(name), element),
      [](gpointer ear) { delete static_cast<Ear*>(ear); });
  gst_object_unref(pad);
}

std::string text_of(GstMessage* message) {
  g_autoptr(GError) error = nullptr;
  if (GST_MESSAGE_TYPE(message) == GST_MESSAGE_ERROR) {
    gst_message_parse_error(message, &error, nullptr);
  } else {
    gst_message_parse_warning(message, &error, nullptr);
  }
  return error->message;
}

// Whatever thread posts it: nobody has to wait for a main loop.
GstBusSyncReply on_message(GstBus*, GstMessage* message, gpointer data) {
  const std::string& name = *static_cast<std::string*>(data);
  switch (GST_MESSAGE_TYPE(message)) {
    case GST_MESSAGE_EOS:
      output.line("eos " + name);
      break;
    case GST_MESSAGE_ERROR:
      output.line("error " + name + ' ' + text_of(message));
      break;
    case GST_MESSAGE_WARNING:
      output.line("warning " + name + ' ' + text_of(message));
      break;
    case GST_MESSAGE_ELEMENT: {
      g_autofree char* text = gst_structure_to_string(gst_message_get_structure(message));
      output.line("message " + name + ' ' + text);
      break;
    }
    default:
      break;
  }
  gst_message_unref(message);
  return GST_BUS_DROP;
}

// A description of one element comes without.
GstElement* in_pipeline(GstElement* element) {
  if (GST_IS_PIPELINE(element)) return GST_ELEMENT(gst_object_ref_sink(element));
  GstElement* pipeline = gst_pipeline_new(nullptr);
  gst_bin_add(GST_BIN(pipeline), element);
  return GST_ELEMENT(gst_object_ref_sink(pipeline));
}

class Player {
 public:
  ~Player() {
    while (!pipelines_.empty()) stop(std::string(pipelines_.begin()->first));
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb, name, rest;
    words >> verb >> name >> std::ws;
    std::getline(words, rest);
    if (verb == "make") make(name, rest);
    if (verb == "set") set(name, rest);
    if (verb == "dot") dot(name);
    if (verb == "start") start(name);
    if (verb == "play" && make(name, rest)) start(name);
    if (verb == "stop") stop(name);
    if (verb == "setenv") g_setenv(name.c_str(), rest.c_str(), TRUE);
    if (verb == "usage") usage();
  }

 private:
  bool make(const std::string& name, const std::string& description) {
    g_autoptr(GError) error = nullptr;
    GstElement* made_of =
        gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
    if (made_of == nullptr) {
      output.line("error " + name + ' ' + error->message);
      return false;
    }
    GstElement* pipeline = in_pipeline(made_of);
    const auto [entry, made] = pipelines_.emplace(name, pipeline);
    if (!made) std::abort();
    auto* owned_name = const_cast<std::string*>(&entry->first);
    GstIterator* elements = gst_bin_iterate_recurse(GST_BIN(pipeline));
    gst_iterator_foreach(elements, &listen_to_source, owned_name);
    gst_iterator_free(elements);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    gst_bus_set_sync_handler(bus, &on_message, owned_name, nullptr);
    return true;
  }

  void set(const std::string& name, const std::string& rest) {
    std::istringstream words(rest);
    std::string element_name, property, value;
    words >> element_name >> property >> std::ws;
    std::getline(words, value);
    g_autoptr(GstElement) element =
        gst_bin_get_by_name(GST_BIN(pipelines_.at(name)), element_name.c_str());
    g_object_set(element, property.c_str(), value.c_str(), nullptr);
  }

  void dot(const std::string& name) {
    gst_debug_bin_to_dot_file(GST_BIN(pipelines_.at(name)), GST_DEBUG_GRAPH_SHOW_ALL, name.c_str());
  }

  void start(const std::string& name) {
    gst_element_set_state(pipelines_.at(name), GST_STATE_PLAYING);
  }

  void stop(const std::string& name) {
    const auto entry = pipelines_.find(name);
    if (entry == pipelines_.end()) return;
    gst_element_set_state(entry->second, GST_STATE_NULL);
    gst_object_unref(entry->second);
    pipelines_.erase(entry);
    output.line("stopped " + name);
  }

  static auto entries(const char* folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
  }

  static void usage() {
    malloc_trim(0);
    long pages = 0, resident = 0;
    std::ifstream("/proc/self/statm") >> pages >> resident;
    std::ostringstream text;
    // Reading the folder of fds takes one.
    text << "usage " << entries("/proc/self/task") << ' ' << entries("/proc/self/fd") - 1 << ' '
         << resident * (sysconf(_SC_PAGESIZE) / 1024);
    output.line(text.str());
  }

  std::map<std::string, GstElement*> pipelines_;
};

}  // namespace

int main(int argc, char** argv) {
  gst_init(&argc, &argv);
  {
    Player player;
    for (std::string line; std::getline(std::cin, line);) player.obey(line);
  }
  gst_deinit();  // GST_TRACERS=leaks speaks now
  return 0;
}
