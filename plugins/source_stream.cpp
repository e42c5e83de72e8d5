// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_stream.h"

#include <utility>

#include "rcmessages.h"

namespace rc {
namespace {

constexpr int kBlocksPerSecond = 50;

}  // namespace

SourceStream::SourceStream(GstBaseSrc* src, SourceSettings settings,
                           std::shared_ptr<phone::Phone> phone, std::shared_ptr<SourceSeat> seat)
    : src_(src), settings_(std::move(settings)), phone_(std::move(phone)), seat_(std::move(seat)) {}

void SourceStream::set_flushing(bool flushing) {
  if (!flushing) discont_ = true;
  interrupt({flushing, interrupts().end});
}

void SourceStream::end() {
  const auto clock = Ref<GstClock>::adopt(gst_element_get_clock(GST_ELEMENT(src_)));
  interrupt({interrupts().flushing, clock ? gst_clock_get_time(clock.get()) : 0});
}

GstClockTime SourceStream::timestamp_of(guint64 position) const {
  return gst_util_uint64_scale(position, GST_SECOND, static_cast<guint64>(rate_));
}

// Absolute clock time of the next sample.
GstClockTime SourceStream::next_time() const {
  return gst_element_get_base_time(GST_ELEMENT(src_)) + segment_base_ +
         (timestamp_of(position_) - segment_start_);
}

// --- waiting ---

bool SourceStream::wait_until(GstClockTime time) {
  GST_OBJECT_LOCK(src_);
  GstClock* clock = GST_ELEMENT_CLOCK(src_);
  if (interrupts_.flushing || clock == nullptr) {
    GST_OBJECT_UNLOCK(src_);
    return false;
  }
  GstClockID id = gst_clock_new_single_shot_id(clock, time);
  wait_ = id;
  GST_OBJECT_UNLOCK(src_);
  gst_clock_id_wait(id, nullptr);
  GST_OBJECT_LOCK(src_);
  wait_ = nullptr;
  const bool flushing = interrupts_.flushing;
  GST_OBJECT_UNLOCK(src_);
  gst_clock_id_unref(id);
  return !flushing;
}

// Sets what ends the waits, and ends them. The wait for the clock ends by itself in 20 ms.
void SourceStream::interrupt(Interrupts now) {
  GST_OBJECT_LOCK(src_);
  interrupts_ = now;
  if (now.flushing && wait_ != nullptr) gst_clock_id_unschedule(wait_);
  GST_OBJECT_UNLOCK(src_);
  seat_->interrupt(now.flushing || now.end != GST_CLOCK_TIME_NONE);
}

SourceStream::Interrupts SourceStream::interrupts() const {
  GST_OBJECT_LOCK(src_);
  const Interrupts now = interrupts_;
  GST_OBJECT_UNLOCK(src_);
  return now;
}

bool SourceStream::is_over(GstClockTime end) const {
  if (over_) return true;
  return end != GST_CLOCK_TIME_NONE && (!in_call_ || next_time() >= end);
}

// --- the stream ---

void SourceStream::offer_seat() {
  call::SeatOptions options;
  options.clock = Ref<GstClock>::adopt(gst_element_get_clock(GST_ELEMENT(src_)));
  options.receive_rate = rate_;
  options.dial = settings_.dial;
  options.call = settings_.call;
  options.calls = settings_.call.empty() ? settings_.num_calls : 1;
  seat_->offer(*phone_, std::move(options), std::chrono::milliseconds(settings_.latency_ms));
}

// idle=none: timestamps go on where they stopped, at the running time when the call begins.
void SourceStream::begin_segment(GstClockTime call_begin) {
  const GstClockTime base_time = gst_element_get_base_time(GST_ELEMENT(src_));
  segment_start_ = timestamp_of(position_);
  segment_base_ = call_begin > base_time ? call_begin - base_time : 0;
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  segment.start = segment.time = segment.position = segment_start_;
  segment.base = segment_base_;
  gst_base_src_new_segment(src_, &segment);
}

void SourceStream::tell_downstream(const call::CallInfo& call) {
  GstPad* pad = GST_BASE_SRC_PAD(src_);
  gst_pad_push_event(pad,
                     gst_event_new_custom(GST_EVENT_CUSTOM_DOWNSTREAM_STICKY, to_structure(call)));
  gst_pad_push_event(pad, gst_event_new_tag(to_tags(call)));
}

// What the next block is, given the call whose turn it is.
SourceStream::Turn SourceStream::next_turn() {
  const auto span = seat_->span();
  if (!span)
    return seat_->refused()                          ? Turn::kEos
           : settings_.idle == SourceSettings::kNone ? Turn::kWait
                                                     : Turn::kPlay;
  if (!in_call_) {
    in_call_ = true;
    if (settings_.idle == SourceSettings::kNone) begin_segment(span->begin);
  }
  if (span->end == GST_CLOCK_TIME_NONE || next_time() < span->end) return Turn::kPlay;
  in_call_ = false;
  return seat_->finish_span() ? Turn::kEos : next_turn();
}

GstBuffer* SourceStream::make_buffer() {
  const guint64 samples = static_cast<guint64>(rate_ / kBlocksPerSecond);
  GstBuffer* buffer = gst_buffer_new_allocate(nullptr, samples * sizeof(int16_t), nullptr);
  GstMapInfo map;
  gst_buffer_map(buffer, &map, GST_MAP_WRITE);
  const auto pulled =
      seat_->audio().pull(std::chrono::nanoseconds(next_time()),
                          {reinterpret_cast<int16_t*>(map.data), static_cast<size_t>(samples)});
  gst_buffer_unmap(buffer, &map);
  GST_BUFFER_PTS(buffer) = timestamp_of(position_);
  GST_BUFFER_DURATION(buffer) = timestamp_of(position_ + samples) - GST_BUFFER_PTS(buffer);
  GST_BUFFER_OFFSET(buffer) = position_;
  GST_BUFFER_OFFSET_END(buffer) = position_ + samples;
  if (pulled.gap) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_GAP);
  if (std::exchange(discont_, false)) GST_BUFFER_FLAG_SET(buffer, GST_BUFFER_FLAG_DISCONT);
  position_ += samples;
  return buffer;
}

// Between calls with idle=gap: true when a GAP event has taken the buffer's place.
bool SourceStream::replace_by_gap(GstBuffer* buffer) {
  if (settings_.idle != SourceSettings::kGap || in_call_) return false;
  gst_pad_push_event(GST_BASE_SRC_PAD(src_),
                     gst_event_new_gap(GST_BUFFER_PTS(buffer), GST_BUFFER_DURATION(buffer)));
  gst_buffer_unref(buffer);
  return true;
}

// A stream without any sample would leave a file behind that nobody can read right: wavenc 1.22
// writes no length into a header that nothing followed, and it reads as 18 hours.
GstFlowReturn SourceStream::finish(GstBuffer** out) {
  over_ = true;
  if (position_ > 0) return GST_FLOW_EOS;
  *out = make_buffer();
  return GST_FLOW_OK;
}

// One turn; true: the flow return is decided.
bool SourceStream::take_turn(GstBuffer** out, GstFlowReturn* ret) {
  const Turn turn = next_turn();
  if (turn == Turn::kEos) {
    *ret = finish(out);
    return true;
  }
  if (turn == Turn::kWait) {
    seat_->wait_for_call();
    return false;
  }
  if (!wait_until(next_time() + settings_.latency_ms * GST_MSECOND)) return false;
  if (const auto news = seat_->take_news()) tell_downstream(*news);
  GstBuffer* buffer = make_buffer();
  if (replace_by_gap(buffer)) return false;
  *out = buffer;
  *ret = GST_FLOW_OK;
  return true;
}

GstFlowReturn SourceStream::create(GstBuffer** out) {
  if (!seat_->offered()) offer_seat();
  for (;;) {
    const Interrupts now = interrupts();
    if (now.flushing) return GST_FLOW_FLUSHING;
    if (is_over(now.end)) return finish(out);
    GstFlowReturn ret = GST_FLOW_OK;
    if (take_turn(out, &ret)) return ret;
  }
}

}  // namespace rc
