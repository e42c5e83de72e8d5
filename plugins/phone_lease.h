// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "phone/phone.h"

namespace rc {

// A phone that can be taken back from a pipeline that hangs and will never give it back: otherwise
// the line stayed registered for as long as it hangs. Any thread, as Phone.
class PhoneLease : public phone::Phone {
 public:
  explicit PhoneLease(std::shared_ptr<phone::Phone> phone) : phone_(std::move(phone)) {}

  void end();  // from now on nothing happens, and actions fail with kClosed

  void start() override {
    with([](Phone& phone) { phone.start(); });
  }
  void close() override {}  // is its owner's business
  phone::Status status() const override;
  std::vector<call::CallStats> stats() const override;
  phone::Settings settings() const override;
  void add_listener(std::weak_ptr<phone::Listener> listener) override;
  void add_seat(call::SeatOptions options) override;
  void remove_seat(const std::string& id) override;
  void open_seat(const std::string& id, bool open) override;
  void seat_ringing_calls() override;
  void add_speaker(call::SpeakerOptions options) override;
  void remove_speaker(const std::string& id) override;
  Result<call::MediaFactory> borrow(GstElement* webrtcbin) override;
  std::string dial(const std::string& number, const std::string& seat, Done done) override;
  void answer(const std::string& call, Done done) override;
  void decline(const std::string& call, Done done) override;
  void hangup(const std::string& call, Done done) override;

 private:
  std::shared_ptr<phone::Phone> phone() const;
  template <typename Use>
  void with(Use use) const {
    if (const auto phone = this->phone()) use(*phone);
  }

  mutable std::mutex mutex_;
  std::shared_ptr<phone::Phone> phone_;
};

}  // namespace rc
