// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <optional>
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

 private:
  GstElement* pipeline_ = nullptr;
  GstBus* bus_ = nullptr;
};

std::string error_text(GstMessage* message);
// Fit for a bus, a log and a terminal: UTF-8 without control characters, and not without end.
bool is_clean(const std::string& text);

}  // namespace rc::element
