// SPDX-License-Identifier: LGPL-2.1-or-later
#include "source_seat.h"

#include <utility>

#include "rcmessages.h"

namespace rc {

namespace {

// Concealment leaves the decoder up to so much later than the jitterbuffer's latency (p99 of a
// concealed buffer is 61/80/81 ms for a jitterbuffer of 20/40/60, measured).
constexpr std::chrono::milliseconds kConcealmentDelay(60);

}  // namespace

SourceSeat::SourceSeat(GstElement* element, std::string id) : id_(std::move(id)) {
  g_weak_ref_init(&element_, element);
}

SourceSeat::~SourceSeat() { g_weak_ref_clear(&element_); }

// The bus first: what note() wakes may end the stream, and nobody reads the bus after EOS.
void SourceSeat::on_seat_call(const call::CallInfo& call) {
  if (const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)))) {
    post_element_message(element.get(), to_structure(call));
    if (const auto failure = failure_of(call)) post_warning(element.get(), *failure);
  }
  note(call);
}

void SourceSeat::on_seat_stats(const call::CallStats& stats) {
  if (const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_))))
    post_element_message(element.get(), to_structure(stats));
}

void SourceSeat::note(const call::CallInfo& call) {
  std::lock_guard lock(mutex_);
  using State = call::CallState;
  const bool open = !spans_.empty() && spans_.back().end == GST_CLOCK_TIME_NONE;
  const bool answered = call.state == State::kAnswered || call.state == State::kConnected;
  const GstClockTime now = gst_clock_get_time(clock_.get());
  if (answered && !open) {
    spans_.push_back({now, GST_CLOCK_TIME_NONE});
    news_ = call;
  }
  if (call.state == State::kEnded) {
    if (open) spans_.back().end = now;
    if (!open) spans_.push_back({now, now});  // never answered, yet it counts: it took the seat
  }
  changed_.notify_all();
}

// A call that is over before its source plays is a call that ended; one that cannot be dialled
// needs somebody who mends it.
void SourceSeat::on_seat_refused(const Error& error) {
  if (const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_))))
    (asks_for_call_ ? post_warning : post_error)(element.get(), error);
  std::lock_guard lock(mutex_);
  refused_ = true;
  changed_.notify_all();
}

void SourceSeat::offer(phone::Phone& phone, call::SeatOptions options,
                       std::chrono::nanoseconds latency) {
  clock_ = options.clock;
  calls_left_ = options.calls;
  asks_for_call_ = !options.call.empty();
  audio_ = std::make_shared<phone::SeatAudio>(options.receive_rate, latency);
  options.id = id_;
  options.jitter_latency =
      std::chrono::duration_cast<std::chrono::milliseconds>(latency) - kConcealmentDelay;
  options.receiver = audio_;
  options.listener = weak_from_this();
  phone.add_seat(std::move(options));
}

std::optional<SourceSeat::Span> SourceSeat::span() const {
  std::lock_guard lock(mutex_);
  if (spans_.empty()) return std::nullopt;
  return spans_.front();
}

bool SourceSeat::finish_span() {
  std::lock_guard lock(mutex_);
  spans_.erase(spans_.begin());
  if (calls_left_ > 0) --calls_left_;
  return calls_left_ == 0;
}

std::optional<call::CallInfo> SourceSeat::take_news() {
  std::lock_guard lock(mutex_);
  return std::exchange(news_, std::nullopt);
}

void SourceSeat::wait_for_call() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return interrupted_ || refused_ || !spans_.empty(); });
}

void SourceSeat::interrupt(bool on) {
  std::lock_guard lock(mutex_);
  interrupted_ = on;
  changed_.notify_all();
}

bool SourceSeat::refused() const {
  std::lock_guard lock(mutex_);
  return refused_;
}

}  // namespace rc
