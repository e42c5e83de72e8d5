// SPDX-License-Identifier: LGPL-2.1-or-later
#include "speech_queue.h"

#include <algorithm>
#include <utility>

namespace rc {

SpeechQueue::SpeechQueue(GstElement* element, size_t limit) : limit_(limit) {
  g_weak_ref_init(&element_, element);
}

SpeechQueue::~SpeechQueue() { g_weak_ref_clear(&element_); }

SpeechQueue::Put SpeechQueue::put(std::span<const int16_t>& samples, bool drop_unheard) {
  std::unique_lock lock(mutex_);
  if (drop_unheard && !heard_) return finished_ ? Put::kFinished : Put::kDropped;
  while (!samples.empty()) {
    changed_.wait(lock, [this] {
      return woken_ || finished_ || (playing_ && heard_ && samples_.size() < limit_);
    });
    if (std::exchange(woken_, false)) return Put::kFlushing;
    if (finished_) return Put::kFinished;
    const size_t count = std::min(samples.size(), limit_ - samples_.size());
    samples_.insert(samples_.end(), samples.begin(),
                    samples.begin() + static_cast<std::ptrdiff_t>(count));
    samples = samples.subspan(count);
    played_.accepted += count;
  }
  return Put::kTaken;
}

bool SpeechQueue::is_heard() {
  std::lock_guard lock(mutex_);
  return heard_;
}

void SpeechQueue::drain() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return interrupted_ || finished_ || !heard_ || samples_.empty(); });
}

void SpeechQueue::interrupt(bool on) {
  std::lock_guard lock(mutex_);
  interrupted_ = on;
  woken_ = true;
  changed_.notify_all();
}

void SpeechQueue::set_playing(bool playing) {
  std::lock_guard lock(mutex_);
  playing_ = playing;
  changed_.notify_all();
}

SpeechQueue::Played SpeechQueue::flush() {
  std::lock_guard lock(mutex_);
  discard();
  return std::exchange(played_, {});
}

void SpeechQueue::discard() {
  played_.discarded += samples_.size();
  samples_.clear();
  changed_.notify_all();
}

size_t SpeechQueue::read(std::span<int16_t> out) {
  std::lock_guard lock(mutex_);
  heard_ = true;
  const size_t count = std::min(out.size(), samples_.size());
  const auto end = samples_.begin() + static_cast<std::ptrdiff_t>(count);
  std::copy(samples_.begin(), end, out.begin());
  samples_.erase(samples_.begin(), end);
  played_.played += count;
  changed_.notify_all();
  return count;
}

void SpeechQueue::on_speaker_call(const call::CallInfo& call) {
  if (call.state != call::CallState::kEnded) return;
  std::lock_guard lock(mutex_);
  heard_ = false;  // what is queued was meant for that call
  discard();
}

void SpeechQueue::on_speaker_finished() {
  {
    std::lock_guard lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  // The input may have nothing to push just now, and so would not see EOS as a flow return.
  const auto element = Ref<GstElement>::adopt(GST_ELEMENT(g_weak_ref_get(&element_)));
  if (element)
    gst_element_post_message(element.get(), gst_message_new_eos(GST_OBJECT(element.get())));
}

}  // namespace rc
