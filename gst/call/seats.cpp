// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/seats.h"

#include <algorithm>

namespace rc::call {
namespace {

bool is_free(const Seats::Seat& seat) {
  return seat.open && seat.call.empty() && seat.options.calls != 0;
}

}  // namespace

void Seats::add(SeatOptions options) { seats_.push_back({std::move(options), {}}); }

std::string Seats::remove(const std::string& id) {
  const auto seat =
      std::find_if(seats_.begin(), seats_.end(), [&](const Seat& s) { return s.options.id == id; });
  if (seat == seats_.end()) return {};
  std::string call = std::move(seat->call);
  seats_.erase(seat);
  return call;
}

Seats::Seat* Seats::find(const std::string& id) {
  for (Seat& seat : seats_)
    if (seat.options.id == id) return &seat;
  return nullptr;
}

void Seats::set_open(const std::string& id, bool open) {
  if (Seat* seat = find(id)) seat->open = open;
}

Seats::Seat* Seats::of_call(const std::string& call) {
  for (Seat& seat : seats_)
    if (seat.call == call) return &seat;
  return nullptr;
}

Seats::Seat* Seats::longest_waiting() {
  for (Seat& seat : seats_)
    if (is_free(seat) && seat.options.dial.empty() && seat.options.call.empty()) return &seat;
  return nullptr;
}

std::vector<std::string> Seats::waiting_to_dial() const {
  std::vector<std::string> ids;
  for (const Seat& seat : seats_)
    if (is_free(seat) && !seat.options.dial.empty()) ids.push_back(seat.options.id);
  return ids;
}

bool Seats::take(const std::string& id, const std::string& call) {
  Seat* seat = find(id);
  if (seat == nullptr || !is_free(*seat)) return false;
  seat->call = call;
  if (seat->options.calls > 0) --seat->options.calls;
  return true;
}

std::shared_ptr<SpeakerListener> Seats::speaker_of_call(const std::string& call) {
  for (const Speaker& speaker : speakers_)
    if (speaker.call == call) return speaker.options.listener.lock();
  return nullptr;
}

std::shared_ptr<SpeakerListener> Seats::release(const std::string& call) {
  auto speaker_listener = speaker_of_call(call);
  for (Speaker& speaker : speakers_)
    if (speaker.call == call) speaker.call.clear();
  const auto seat =
      std::find_if(seats_.begin(), seats_.end(), [&](const Seat& s) { return s.call == call; });
  if (seat == seats_.end()) return nullptr;
  seat->call.clear();
  seats_.splice(seats_.end(), seats_, seat);
  return seat->options.calls == 0 ? speaker_listener : nullptr;
}

void Seats::add_speaker(SpeakerOptions options) { speakers_.push_back({std::move(options), {}}); }

std::string Seats::remove_speaker(const std::string& id) {
  const auto speaker = std::find_if(speakers_.begin(), speakers_.end(),
                                    [&](const Speaker& s) { return s.options.id == id; });
  if (speaker == speakers_.end()) return {};
  std::string call = std::move(speaker->call);
  speakers_.erase(speaker);
  return call;
}

bool Seats::speaks_into(const Speaker& speaker, const std::string& call) {
  if (!speaker.call.empty()) return false;
  if (!speaker.options.call.empty()) return speaker.options.call == call;
  if (speaker.options.seat.empty()) return true;
  const Seat* seat = of_call(call);
  return seat != nullptr && seat->options.id == speaker.options.seat;
}

std::shared_ptr<AudioSource> Seats::speaker_for(const std::string& call) {
  for (const Speaker& speaker : speakers_)
    if (speaker.call == call) return speaker.options.source;
  for (Speaker& speaker : speakers_) {
    if (!speaks_into(speaker, call)) continue;
    speaker.call = call;
    return speaker.options.source;
  }
  return nullptr;
}

}  // namespace rc::call
