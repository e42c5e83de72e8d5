// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasesrc.h>

#include <memory>
#include <string>

#include "source_seat.h"

namespace rc {

struct SourceSettings {
  enum Idle { kSilence, kGap, kNone };
  std::string line, dial, call;
  guint latency_ms = 120;
  Idle idle = kSilence;
  int num_calls = -1;
};

// The stream of one rcsrc, from start() to stop(): when which block is due, whose audio is in it,
// and what stands between calls.
class SourceStream {
 public:
  SourceStream(GstBaseSrc* src, SourceSettings settings, std::shared_ptr<phone::Phone> phone,
               std::shared_ptr<SourceSeat> seat);

  // Streaming thread.
  void set_rate(int rate) { rate_ = rate; }
  GstFlowReturn create(GstBuffer** out);  // waits until the next block is due

  // Any thread.
  void set_flushing(bool flushing);  // unlock(), unlock_stop()
  void end();  // the application asked for EOS: what has arrived by now is still pushed

 private:
  enum class Turn { kPlay, kWait, kEos };
  struct Interrupts {
    bool flushing;
    GstClockTime end;
  };

  GstClockTime timestamp_of(guint64 position) const;
  GstClockTime next_time() const;
  bool wait_until(GstClockTime time);
  void interrupt(Interrupts now);
  Interrupts interrupts() const;
  bool is_over(GstClockTime end) const;
  void offer_seat();
  void begin_segment(GstClockTime call_begin);
  void tell_downstream(const call::CallInfo& call);
  Turn next_turn();
  bool take_turn(GstBuffer** out, GstFlowReturn* ret);
  GstBuffer* make_buffer();
  bool replace_by_gap(GstBuffer* buffer);
  GstFlowReturn finish(GstBuffer** out);

  GstBaseSrc* const src_;  // owns this
  const SourceSettings settings_;
  const std::shared_ptr<phone::Phone> phone_;
  const std::shared_ptr<SourceSeat> seat_;
  // Streaming thread.
  int rate_ = 16000;
  guint64 position_ = 0;            // samples pushed: gives the timestamp
  GstClockTime segment_base_ = 0;   // running time of segment_start_
  GstClockTime segment_start_ = 0;  // timestamp
  bool in_call_ = false, discont_ = true;
  bool over_ = false;  // the last block has been made
  // The wait for the clock, and what ends it, under the element's object lock.
  GstClockID wait_ = nullptr;
  Interrupts interrupts_{false, GST_CLOCK_TIME_NONE};
};

}  // namespace rc
