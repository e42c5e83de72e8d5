// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A leg's ear: decodes every stream webrtcbin puts out and taps the DTMF events.
#pragma once

#include <gst/app/gstappsink.h>
#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>

#include "media_leg.h"

namespace standin::media {

class Receiver : public std::enable_shared_from_this<Receiver> {
 public:
  struct Hooks {  // called in streaming threads
    // when_us: CLOCK_MONOTONIC of the first sample's arrival, smoothed by the jitter buffer.
    std::function<void(std::int64_t when_us, std::span<const std::int16_t> samples)> heard;
    std::function<void(char digit)> dtmf;
  };

  explicit Receiver(Hooks hooks) : hooks_(std::move(hooks)) {}

  // Before webrtcbin makes its transports; pipeline is where decoders go.
  void watch(GstBin* pipeline, GstElement* webrtcbin);
  void set_telephone_event(int payload) { telephone_event_ = payload; }

 private:
  void on_pad(GstBin* pipeline, GstPad* pad);
  void take_samples(GstAppSink* sink);
  void on_element(GstElement* element);
  void on_sample(GstSample* sample, GstClockTime base_time);
  bool on_event_packet(GstBuffer* packet);                                 // true = it was one
  char ended_event(const std::uint8_t* payload, std::uint32_t timestamp);  // 0 = none, or known

  Hooks hooks_;
  std::atomic<int> telephone_event_{-1};
  std::mutex mutex_;
  std::optional<std::uint32_t> last_event_;  // RTP timestamp of the last ended event
};

}  // namespace standin::media
