// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "call/media_session.h"
#include "core/clock.h"

namespace rc::fakes {

class FakeMediaSession;

// What the media of a test's calls says, and what was asked of it. Outlives its sessions.
struct FakeMedia {
  explicit FakeMedia(Clock& of) : clock(of) {}

  call::MediaFactory factory();
  FakeMediaSession& last() { return *alive.back(); }  // of those that are alive
  std::string take_log() { return std::exchange(log, {}); }

  // The script.
  Result<std::string> answer = std::string("v=0 our answer");
  Result<std::string> offer = std::string("v=0 our offer");
  Result<void> apply_answer;
  call::MediaStats stats{.codec = "OPUS"};
  std::chrono::milliseconds gathering{0};  // answer and offer come so much later

  // The record: one line for each call, "answer v=0 ...".
  std::string log;
  std::vector<FakeMediaSession*> alive;  // oldest first
  Clock& clock;
};

// A media session without media: the test says when it connects or fails.
class FakeMediaSession : public call::MediaSession {
 public:
  FakeMediaSession(FakeMedia& media, call::MediaOptions options, Listener* listener)
      : media_(media), options_(std::move(options)), listener_(listener) {
    media_.alive.push_back(this);
  }
  ~FakeMediaSession() override { std::erase(media_.alive, this); }

  void answer(std::string offer, SdpCallback done) override {
    note("answer " + offer);
    later(media_.answer, std::move(done));
  }
  void offer(SdpCallback done) override {
    note("offer");
    later(media_.offer, std::move(done));
  }
  Result<void> apply_answer(std::string answer) override {
    note("apply " + answer);
    return media_.apply_answer;
  }
  std::string reoffer(bool on_hold) override {
    note(on_hold ? "reoffer hold" : "reoffer");
    return "v=0 our offer again";
  }
  void set_receiver(std::shared_ptr<call::AudioReceiver> receiver) override {
    receiver_ = std::move(receiver);
  }
  void set_source(std::shared_ptr<call::AudioSource> source) override {
    source_ = std::move(source);
  }
  call::MediaStats stats() const override { return media_.stats; }
  void close() override {
    note("close");
    listener_ = nullptr;
  }

  // The test's side. A closed session calls nobody.
  void connect() {
    if (listener_ != nullptr) listener_->on_media_connected();
  }
  void hear() {
    if (listener_ != nullptr) listener_->on_media_first_audio();
  }
  void flow(call::MediaFlow flow, std::chrono::nanoseconds gap) {
    if (listener_ != nullptr) listener_->on_media_flow(flow, gap);
  }
  void fail(const Error& error) {
    if (listener_ != nullptr) listener_->on_media_failed(error);
  }
  const call::MediaOptions& options() const { return options_; }
  const call::AudioReceiver* receiver() const { return receiver_.get(); }
  const call::AudioSource* source() const { return source_.get(); }

 private:
  void note(const std::string& line) { media_.log += line + "\n"; }
  void later(Result<std::string> sdp, SdpCallback done) {
    timer_ = media_.clock.after(media_.gathering, [this, sdp, done = std::move(done)] {
      if (listener_ != nullptr) done(sdp);
    });
  }

  FakeMedia& media_;
  const call::MediaOptions options_;
  Listener* listener_;
  std::shared_ptr<call::AudioReceiver> receiver_;
  std::shared_ptr<call::AudioSource> source_;
  Timer timer_;
};

inline call::MediaFactory FakeMedia::factory() {
  return [this](call::MediaOptions options, call::MediaSession::Listener* listener) {
    return std::make_unique<FakeMediaSession>(*this, std::move(options), listener);
  };
}

}  // namespace rc::fakes
