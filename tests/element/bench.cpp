// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bench.h"

#include <algorithm>
#include <cstdlib>

namespace rc::element {
namespace {

class GStreamer : public testing::Environment {
 public:
  void SetUp() override { gst_init(nullptr, nullptr); }
};

[[maybe_unused]] const auto* const kGStreamer =
    testing::AddGlobalTestEnvironment(new GStreamer);  // gtest deletes it

}  // namespace

Bench::Bench() {
  char path[] = "/tmp/rc-element-XXXXXX";
  folder_ = ::mkdtemp(path);
  // Port 1 (tcpmux) is below those that a process is given.
  g_setenv("RINGCENTRAL_SERVER_URL", "http://127.0.0.1:1", TRUE);
  g_setenv("RINGCENTRAL_CLIENT_ID", "client", TRUE);
  g_setenv("RINGCENTRAL_CLIENT_SECRET", "S3CR3T-secret", TRUE);
  g_setenv("RINGCENTRAL_JWT_TOKEN", "S3CR3T-jwt", TRUE);
  g_setenv("XDG_STATE_HOME", folder_.c_str(), TRUE);
}

Bench::~Bench() { std::filesystem::remove_all(folder_); }

Pipeline::Pipeline(const std::string& description) {
  GError* error = nullptr;
  GstElement* made =
      gst_parse_launch_full(description.c_str(), nullptr, GST_PARSE_FLAG_FATAL_ERRORS, &error);
  EXPECT_EQ(error, nullptr) << (error != nullptr ? error->message : "");
  g_clear_error(&error);
  if (!GST_IS_PIPELINE(made)) {
    pipeline_ = gst_pipeline_new(nullptr);
    gst_bin_add(GST_BIN(pipeline_), made);
  } else {
    pipeline_ = made;
  }
  gst_object_ref_sink(pipeline_);
  bus_ = gst_element_get_bus(pipeline_);
}

Pipeline::~Pipeline() {
  set(GST_STATE_NULL);
  gst_object_unref(bus_);
  gst_object_unref(pipeline_);
}

GstElement* Pipeline::element(const char* name) const {
  GstElement* found = gst_bin_get_by_name(GST_BIN(pipeline_), name);
  EXPECT_NE(found, nullptr) << name;
  gst_object_unref(found);
  return found;
}

GstStateChangeReturn Pipeline::set(GstState state, std::chrono::milliseconds limit) {
  const auto begin = std::chrono::steady_clock::now();
  const auto ret = gst_element_set_state(pipeline_, state);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, limit)
      << "to " << gst_element_state_get_name(state);
  return ret;
}

GstMessage* Pipeline::wait(int types, std::chrono::milliseconds limit) {
  return gst_bus_timed_pop_filtered(
      bus_, static_cast<GstClockTime>(std::chrono::nanoseconds(limit).count()),
      static_cast<GstMessageType>(types));
}

std::vector<std::string> Pipeline::errors() {
  std::vector<std::string> out;
  while (GstMessage* message = gst_bus_pop_filtered(bus_, GST_MESSAGE_ERROR)) {
    out.push_back(error_text(message));
    gst_message_unref(message);
  }
  return out;
}

GstStructure* Pipeline::structure(const char* name) {
  while (GstMessage* message = wait(GST_MESSAGE_ELEMENT)) {
    GstStructure* copy = gst_message_has_name(message, name)
                             ? gst_structure_copy(gst_message_get_structure(message))
                             : nullptr;
    gst_message_unref(message);
    if (copy != nullptr) return copy;
  }
  return nullptr;
}

std::string Pipeline::warning() {
  GstMessage* message = wait(GST_MESSAGE_WARNING);
  if (message == nullptr) return {};
  GError* error = nullptr;
  gst_message_parse_warning(message, &error, nullptr);
  const std::string text = error->message;
  g_error_free(error);
  gst_message_unref(message);
  return text;
}

bool Pipeline::ends() {
  GstMessage* message = wait(GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
  const bool eos = message != nullptr && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS;
  if (message != nullptr) gst_message_unref(message);
  return eos;
}

Tap::Tap(GstElement* element, const char* pad)
    : pad_(gst_element_get_static_pad(element, pad)),
      id_(gst_pad_add_probe(pad_, GST_PAD_PROBE_TYPE_BUFFER, on_buffer, this, nullptr)) {}

Tap::~Tap() {
  gst_pad_remove_probe(pad_, id_);
  gst_object_unref(pad_);
  for (GstBuffer* buffer : buffers_) gst_buffer_unref(buffer);
}

bool Tap::wait(size_t count, std::chrono::seconds limit) {
  std::unique_lock lock(mutex_);
  return came_.wait_for(lock, limit, [&] { return buffers_.size() >= count; });
}

size_t Tap::count() {
  std::lock_guard lock(mutex_);
  return buffers_.size();
}

GstBuffer* Tap::at(size_t index) {
  std::lock_guard lock(mutex_);
  return buffers_.at(index);
}

GstPadProbeReturn Tap::on_buffer(GstPad*, GstPadProbeInfo* info, gpointer data) {
  auto* self = static_cast<Tap*>(data);
  std::lock_guard lock(self->mutex_);
  self->buffers_.push_back(gst_buffer_ref(GST_PAD_PROBE_INFO_BUFFER(info)));
  self->came_.notify_all();
  return GST_PAD_PROBE_OK;
}

std::string error_text(GstMessage* message) {
  GError* error = nullptr;
  gst_message_parse_error(message, &error, nullptr);
  std::string text = error->message;
  g_error_free(error);
  return text;
}

bool is_clean(const std::string& text) {
  return !text.empty() && text.size() < 2000 &&
         g_utf8_validate(text.data(), static_cast<gssize>(text.size()), nullptr) &&
         std::none_of(text.begin(), text.end(),
                      [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace rc::element
