// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "phone/phone.h"
#include "phone/seat_audio.h"

namespace rc {

// The seat of one rcsrc: hears from the line (signalling thread) which call sits in it, and tells
// the streaming thread when there is a call to play and when it is over.
class SourceSeat : public call::SeatListener, public std::enable_shared_from_this<SourceSeat> {
 public:
  SourceSeat(GstElement* element, std::string id);
  ~SourceSeat() override;

  // Streaming thread, in PLAYING: gives the seat to the line; audio comes from then on.
  // `options` say the clock, the rate and which calls; the rest is filled in here.
  void offer(phone::Phone& phone, call::SeatOptions options, std::chrono::nanoseconds latency);
  bool offered() const { return audio_ != nullptr; }
  phone::SeatAudio& audio() { return *audio_; }

  // The span of a call on the seat's clock, from the answer to the end.
  struct Span {
    GstClockTime begin = GST_CLOCK_TIME_NONE;
    GstClockTime end = GST_CLOCK_TIME_NONE;  // NONE: it goes on
  };
  // The oldest call that has not been played to its end; nullopt: there is none.
  std::optional<Span> span() const;
  // Its end has been played. True: the seat takes no more calls.
  bool finish_span();
  // Answered since the last call of this: what to tell downstream.
  std::optional<call::CallInfo> take_news();
  // Waits until span() or take_news() have something, the seat is closed for good, or interrupt().
  void wait_for_call();
  void interrupt(bool on);  // unlock(), unlock_stop()
  // It is over for other reasons: the call that was asked for cannot be had.
  bool refused() const;

  void on_seat_call(const call::CallInfo& call) override;
  void on_seat_stats(const call::CallStats& stats) override;
  void on_seat_refused(const Error& error) override;

 private:
  void note(const call::CallInfo& call);

  GWeakRef element_;
  const std::string id_;
  Ref<GstClock> clock_;
  std::shared_ptr<phone::SeatAudio> audio_;
  int calls_left_ = -1;
  bool asks_for_call_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Span> spans_;  // oldest first
  std::optional<call::CallInfo> news_;
  bool interrupted_ = false, refused_ = false;
};

}  // namespace rc
