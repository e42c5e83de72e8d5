// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <mutex>
#include <string>
#include <vector>

namespace rc::element {

// An account in the environment whose server is a port of 127.0.0.1 on which nobody listens, and a
// state folder of its own.
class Bench : public testing::Test {
 protected:
  Bench();
  ~Bench() override;

  std::filesystem::path folder_;
};

// A pipeline from a launch line; it ends with the variable.
class Pipeline {
 public:
  explicit Pipeline(const std::string& description);
  ~Pipeline();
  Pipeline(const Pipeline&) = delete;
  Pipeline& operator=(const Pipeline&) = delete;

  GstElement* get() const { return pipeline_; }
  GstElement* element(const char* name) const;  // borrowed
  // Without waiting for more than `limit`, which the test fails on.
  GstStateChangeReturn set(GstState state,
                           std::chrono::milliseconds limit = std::chrono::seconds(2));
  // The next message of these types, taken from the bus; null when none comes in time. To be
  // unreffed.
  GstMessage* wait(int types, std::chrono::milliseconds limit = std::chrono::seconds(5));
  // The texts of all errors that are on the bus now.
  std::vector<std::string> errors();
  // The next element message of this name.
  GstStructure* structure(const char* name);
  // The text of the next warning; empty when none comes.
  std::string warning();
  // Whether what comes next, of EOS and an error, is EOS.
  bool ends();

 private:
  GstElement* pipeline_ = nullptr;
  GstBus* bus_ = nullptr;
};

// The buffers that come by a pad of an element.
class Tap {
 public:
  Tap(GstElement* element, const char* pad);
  ~Tap();
  Tap(const Tap&) = delete;
  Tap& operator=(const Tap&) = delete;

  // False if they do not come in time. The buffers stay with this.
  bool wait(size_t count, std::chrono::seconds limit = std::chrono::seconds(5));
  size_t count();
  GstBuffer* at(size_t index);

 private:
  static GstPadProbeReturn on_buffer(GstPad*, GstPadProbeInfo* info, gpointer self);

  GstPad* pad_;
  gulong id_;
  std::mutex mutex_;
  std::condition_variable came_;
  std::vector<GstBuffer*> buffers_;
};

std::string error_text(GstMessage* message);
// Fit for a bus, a log and a terminal: UTF-8 without control characters, and not without end.
bool is_clean(const std::string& text);

}  // namespace rc::element
