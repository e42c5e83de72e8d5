// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "call/media_session.h"
#include "core/main_clock.h"
#include "core/thread.h"

namespace rc::media::test {

// Says a steady tone.
class Tone : public call::AudioSource {
 public:
  explicit Tone(double hertz) : hertz_(hertz) {}
  size_t read(std::span<int16_t> out) override;
  size_t reads() const { return reads_; }

 private:
  const double hertz_;
  uint64_t position_ = 0;
  std::atomic<size_t> reads_ = 0;
};

// A block without its samples.
struct HeardBlock {
  std::chrono::nanoseconds time, length;
  bool new_stream, concealed;
  std::optional<std::chrono::nanoseconds> sender_time;
};

// Keeps what it hears.
class Ear : public call::AudioReceiver {
 public:
  explicit Ear(int rate) : rate_(rate) {}
  void on_audio(const call::AudioBlock& block) override;
  void on_telephone_event(bool running) override;

  // Waits until so much of tone was heard after `from` samples.
  bool hears(double hertz, std::chrono::milliseconds limit = std::chrono::seconds(5));
  bool waits_new_streams(int count, std::chrono::milliseconds limit = std::chrono::seconds(5));
  // Between the times of two blocks after `from`, less the first one's length.
  std::chrono::nanoseconds longest_gap(std::chrono::nanoseconds from) const;
  // From a block's time to its arrival, the last one; on the system clock.
  std::chrono::nanoseconds lateness() const;
  size_t samples_heard() const;  // so far
  double frequency(size_t from, size_t count) const;
  double level(size_t from) const;  // RMS
  int new_streams() const { return new_streams_; }
  bool waits_concealed(int blocks, std::chrono::milliseconds limit = std::chrono::seconds(10));
  // So many keys were pressed and let go.
  bool waits_events(int count, std::chrono::milliseconds limit = std::chrono::seconds(5));
  std::chrono::nanoseconds last_time() const;
  std::vector<HeardBlock> blocks() const;

 private:
  const int rate_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<int16_t> samples_;
  std::vector<HeardBlock> blocks_;
  std::atomic<int> new_streams_ = 0;
  int events_ = 0, concealed_ = 0;
  std::chrono::nanoseconds lateness_{};
};

// One end of a call: a session, its tone and its ear, on the rig's signalling thread.
class End : public call::MediaSession::Listener {
 public:
  End(Thread& thread, Clock& clock, double hertz, int rate = 16000);
  End(Thread& thread, Clock& clock, call::MediaOptions options, double hertz = 1000);
  // On other media than webrtcbins of our own.
  End(Thread& thread, const call::MediaFactory& media);
  ~End() override;

  std::string offer();
  Result<std::string> answer(const std::string& offer);
  Result<void> apply(const std::string& answer);
  std::string reoffer(bool on_hold);
  call::MediaStats stats();
  // Asks again and again, up to 20 s.
  bool wait_stats(const std::function<bool(const call::MediaStats&)>& condition);
  void set_receiver(std::shared_ptr<call::AudioReceiver> receiver);
  void close();
  void run(std::function<void()> task);  // on the signalling thread
  bool wait_connected(std::chrono::milliseconds limit = std::chrono::seconds(5));
  std::optional<Error> wait_failed(std::chrono::milliseconds limit = std::chrono::seconds(5));
  bool failed();
  // Every change of the flow so far: "stalled flowing ".
  std::string flows();

  const std::shared_ptr<Tone> tone;
  const std::shared_ptr<Ear> ear;

 private:
  void on_media_connected() override;
  void on_media_failed(const Error& error) override;
  void on_media_flow(call::MediaFlow flow, std::chrono::nanoseconds gap) override;

  End(Thread& thread, call::MediaOptions options, double hertz, const call::MediaFactory& media);

  Thread& thread_;
  std::unique_ptr<call::MediaSession> session_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool connected_ = false;
  std::optional<Error> error_;
  std::string flows_;
};

// A signalling thread and its clock.
struct Rig {
  Rig();
  Thread thread{"rc-test"};
  MainClock clock{thread.context()};
};

// caller offers, callee answers.
bool connect(End& caller, End& callee);

std::string replace_all(std::string text, const std::string& what, const std::string& with);

}  // namespace rc::media::test
