// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone_lease.h"

#include <utility>

namespace rc {
namespace {

const Error kEnded{Errc::kClosed, "the line was taken back from this pipeline, which hung"};

}  // namespace

std::shared_ptr<phone::Phone> PhoneLease::phone() const {
  std::lock_guard lock(mutex_);
  return phone_;
}

// The last user of a phone waits for its goodbye: not with the lock held.
void PhoneLease::end() {
  std::unique_lock lock(mutex_);
  const auto phone = std::exchange(phone_, nullptr);
  lock.unlock();
}

phone::Status PhoneLease::status() const {
  const auto phone = this->phone();
  return phone ? phone->status() : phone::Status{};
}

phone::Settings PhoneLease::settings() const {
  const auto phone = this->phone();
  return phone ? phone->settings() : phone::Settings{};
}

std::vector<call::CallStats> PhoneLease::stats() const {
  const auto phone = this->phone();
  return phone ? phone->stats() : std::vector<call::CallStats>();
}

void PhoneLease::add_listener(std::weak_ptr<phone::Listener> listener) {
  with([&](Phone& phone) { phone.add_listener(std::move(listener)); });
}
void PhoneLease::add_seat(call::SeatOptions options) {
  with([&](Phone& phone) { phone.add_seat(std::move(options)); });
}
void PhoneLease::remove_seat(const std::string& id) {
  with([&](Phone& phone) { phone.remove_seat(id); });
}
void PhoneLease::open_seat(const std::string& id, bool open) {
  with([&](Phone& phone) { phone.open_seat(id, open); });
}
void PhoneLease::seat_ringing_calls() {
  with([](Phone& phone) { phone.seat_ringing_calls(); });
}
void PhoneLease::add_speaker(call::SpeakerOptions options) {
  with([&](Phone& phone) { phone.add_speaker(std::move(options)); });
}
void PhoneLease::remove_speaker(const std::string& id) {
  with([&](Phone& phone) { phone.remove_speaker(id); });
}

Result<call::MediaFactory> PhoneLease::borrow(GstElement* webrtcbin) {
  if (const auto phone = this->phone()) return phone->borrow(webrtcbin);
  return kEnded;
}
std::string PhoneLease::dial(const std::string& number, const std::string& seat, Done done) {
  if (const auto phone = this->phone()) return phone->dial(number, seat, std::move(done));
  done(kEnded);
  return {};
}
void PhoneLease::answer(const std::string& call, Done done) {
  if (const auto phone = this->phone()) return phone->answer(call, std::move(done));
  done(kEnded);
}
void PhoneLease::decline(const std::string& call, Done done) {
  if (const auto phone = this->phone()) return phone->decline(call, std::move(done));
  done(kEnded);
}
void PhoneLease::hangup(const std::string& call, Done done) {
  if (const auto phone = this->phone()) return phone->hangup(call, std::move(done));
  done(kEnded);
}

}  // namespace rc
