// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <string>

namespace rc {

// Watches the application's code while it holds up the signalling thread: registration and calls
// wait for it. After 100 ms the element posts a WARNING, while the code is still at it (GStreamer's
// clock thread); once it has returned the log tells how long it took.
class HandlerWatch {
 public:
  static constexpr std::chrono::milliseconds kPatience{100};

  HandlerWatch(GstElement* element, const std::string& what);  // begins; the element is borrowed
  ~HandlerWatch();                                             // the code has returned
  HandlerWatch(const HandlerWatch&) = delete;
  HandlerWatch& operator=(const HandlerWatch&) = delete;

 private:
  GstElement* element_;
  std::string what_;
  std::chrono::steady_clock::time_point since_ = std::chrono::steady_clock::now();
  GstClockID alarm_;
};

}  // namespace rc
