// SPDX-License-Identifier: LGPL-2.1-or-later
#include "webrtc_rig.h"

#include <gst/gst.h>

#include <cmath>
#include <numbers>

#include "media/session.h"

namespace rc::media::test {

size_t Tone::read(std::span<int16_t> out) {
  for (int16_t& sample : out) {
    const double phase = 2 * std::numbers::pi * hertz_ * static_cast<double>(position_++);
    sample = static_cast<int16_t>(8000 * std::sin(phase / call::kSendRate));
  }
  ++reads_;
  return out.size();
}

void Ear::on_audio(const call::AudioBlock& block) {
  const std::lock_guard lock(mutex_);
  samples_.insert(samples_.end(), block.samples.begin(), block.samples.end());
  const auto length =
      std::chrono::nanoseconds(1'000'000'000 * block.samples.size() / static_cast<size_t>(rate_));
  blocks_.push_back({block.time, length, block.new_stream, block.concealed, block.sender_time});
  lateness_ = std::chrono::nanoseconds(gst_util_get_timestamp()) - block.time;
  if (block.new_stream) ++new_streams_;
  if (block.concealed) ++concealed_;
  changed_.notify_all();
}

void Ear::on_telephone_event(bool running) {
  const std::lock_guard lock(mutex_);
  if (!running) ++events_;
  changed_.notify_all();
}

bool Ear::waits_concealed(int blocks, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return concealed_ >= blocks; });
}

bool Ear::waits_events(int count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return events_ >= count; });
}

size_t Ear::samples_heard() const {
  const std::lock_guard lock(mutex_);
  return samples_.size();
}

std::chrono::nanoseconds Ear::last_time() const {
  const std::lock_guard lock(mutex_);
  return blocks_.empty() ? std::chrono::nanoseconds(0) : blocks_.back().time;
}

std::vector<HeardBlock> Ear::blocks() const {
  const std::lock_guard lock(mutex_);
  return blocks_;
}

std::chrono::nanoseconds Ear::lateness() const {
  const std::lock_guard lock(mutex_);
  return lateness_;
}

bool Ear::waits_new_streams(int count, std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [&] { return new_streams_ >= count; });
}

std::chrono::nanoseconds Ear::longest_gap(std::chrono::nanoseconds from) const {
  const std::lock_guard lock(mutex_);
  std::chrono::nanoseconds longest(0);
  for (size_t i = 1; i < blocks_.size(); ++i) {
    const HeardBlock& last = blocks_[i - 1];
    if (blocks_[i].time > from) {
      longest = std::max(longest, blocks_[i].time - last.time - last.length);
    }
  }
  return longest;
}

namespace {

// Rising zero crossings, interpolated: right to 0.01 % for a clean tone of 0.3 s.
double crossings_frequency(const int16_t* x, size_t count, int rate) {
  double first = -1, last = -1;
  int periods = -1;
  for (size_t i = 1; i < count; ++i) {
    if (x[i - 1] >= 0 || x[i] < 0) continue;
    last = static_cast<double>(i) - x[i] / static_cast<double>(x[i] - x[i - 1]);
    if (periods++ < 0) first = last;
  }
  return periods < 2 ? 0 : periods * static_cast<double>(rate) / (last - first);
}

double rms(const int16_t* x, size_t count) {
  double sum = 0;
  for (size_t i = 0; i < count; ++i) sum += static_cast<double>(x[i]) * x[i];
  return count == 0 ? 0 : std::sqrt(sum / static_cast<double>(count));
}

}  // namespace

double Ear::frequency(size_t from, size_t count) const {
  const std::lock_guard lock(mutex_);
  if (from + count > samples_.size()) return 0;
  return crossings_frequency(samples_.data() + from, count, rate_);
}

double Ear::level(size_t from) const {
  const std::lock_guard lock(mutex_);
  return from >= samples_.size() ? 0 : rms(samples_.data() + from, samples_.size() - from);
}

bool Ear::hears(double hertz, std::chrono::milliseconds limit) {
  const size_t window = static_cast<size_t>(rate_) * 3 / 10;
  std::unique_lock lock(mutex_);
  const size_t start = samples_.size();
  return changed_.wait_for(lock, limit, [&] {
    if (samples_.size() < start + window) return false;
    const int16_t* tail = samples_.data() + samples_.size() - window;
    const double found = crossings_frequency(tail, window, rate_);
    return std::abs(found - hertz) < hertz * 0.002 && rms(tail, window) > 1000;
  });
}

Rig::Rig() { gst_init(nullptr, nullptr); }

namespace {

call::MediaOptions loopback(int rate) {
  call::MediaOptions options;
  options.call_id = "test";
  options.local_address = "127.0.0.1";
  options.receive_rate = rate;
  return options;
}

}  // namespace

End::End(Thread& thread, Clock& clock, double hertz, int rate)
    : End(thread, clock, loopback(rate), hertz) {}

End::End(Thread& thread, Clock& clock, call::MediaOptions options, double hertz)
    : End(thread, std::move(options), hertz, make_webrtc_media(thread.queue(), clock)) {}

End::End(Thread& thread, const call::MediaFactory& media)
    : End(thread, loopback(16000), 1000, media) {}

End::End(Thread& thread, call::MediaOptions options, double hertz, const call::MediaFactory& media)
    : tone(std::make_shared<Tone>(hertz)),
      ear(std::make_shared<Ear>(options.receive_rate)),
      thread_(thread) {
  run([&] {
    session_ = media(options, this);
    session_->set_receiver(ear);
    session_->set_source(tone);
  });
}

End::~End() { close(); }

void End::close() {
  run([this] { session_.reset(); });
}

void End::run(std::function<void()> task) {
  std::promise<void> done;
  thread_.post([&] {
    task();
    done.set_value();
  });
  done.get_future().wait();
}

std::string End::offer() {
  std::promise<Result<std::string>> done;
  thread_.post([&] { session_->offer([&](auto result) { done.set_value(std::move(result)); }); });
  auto result = done.get_future().get();
  return result.ok() ? result.value() : result.error().message;
}

Result<std::string> End::answer(const std::string& offer) {
  std::promise<Result<std::string>> done;
  thread_.post(
      [&] { session_->answer(offer, [&](auto result) { done.set_value(std::move(result)); }); });
  return done.get_future().get();
}

Result<void> End::apply(const std::string& answer) {
  Result<void> result;
  run([&] { result = session_->apply_answer(answer); });
  return result;
}

std::string End::reoffer(bool on_hold) {
  std::string result;
  run([&] { result = session_->reoffer(on_hold); });
  return result;
}

call::MediaStats End::stats() {
  call::MediaStats result;
  run([&] { result = session_->stats(); });
  return result;
}

void End::set_receiver(std::shared_ptr<call::AudioReceiver> receiver) {
  run([&] { session_->set_receiver(receiver); });
}

bool End::wait_stats(const std::function<bool(const call::MediaStats&)>& condition) {
  for (int i = 0; i < 400; ++i) {
    if (condition(stats())) return true;
    g_usleep(50 * 1000);
  }
  return false;
}

void End::on_media_connected() {
  const std::lock_guard lock(mutex_);
  connected_ = true;
  changed_.notify_all();
}

void End::on_media_failed(const Error& error) {
  const std::lock_guard lock(mutex_);
  error_ = error;
  changed_.notify_all();
}

void End::on_media_flow(call::MediaFlow flow, std::chrono::nanoseconds) {
  const std::lock_guard lock(mutex_);
  flows_ += std::string(to_string(flow)) + " ";
}

std::string End::flows() {
  const std::lock_guard lock(mutex_);
  return flows_;
}

bool End::wait_connected(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, limit, [this] { return connected_; });
}

std::optional<Error> End::wait_failed(std::chrono::milliseconds limit) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, limit, [this] { return error_.has_value(); });
  return error_;
}

bool End::failed() {
  const std::lock_guard lock(mutex_);
  return error_.has_value();
}

bool connect(End& caller, End& callee) {
  const auto answer = callee.answer(caller.offer());
  if (!answer.ok() || !caller.apply(answer.value()).ok()) return false;
  return caller.wait_connected() && callee.wait_connected();
}

std::string replace_all(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

}  // namespace rc::media::test
