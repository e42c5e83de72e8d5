// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The part of Line that puts calls and seats together.
#include <algorithm>

#include "call/line.h"
#include "core/log.h"
#include "core/text.h"

namespace rc::call {
namespace {

using namespace std::chrono_literals;

// The media of a call that was answered without a seat is what MediaOptions makes by itself.
bool can_hear_media_without_seat(const SeatOptions& seat) {
  const auto system_clock = Ref<GstClock>::adopt(gst_system_clock_obtain());
  const bool same_clock = !seat.clock || seat.clock.get() == system_clock.get();
  return same_clock && seat.receive_rate == MediaOptions{}.receive_rate;
}

}  // namespace

// --- seats come and go ---

void Line::add_seat(SeatOptions options) {
  const std::string id = options.id, call = options.call;
  const bool dials = !options.dial.empty();
  const auto listener = options.listener;
  seats_.add(std::move(options));
  if (!call.empty()) {
    const auto claimed = claim(id, call);
    const auto alive = listener.lock();
    if (!claimed.ok() && alive) alive->on_seat_refused(claimed.error());
  } else if (!dials) {
    on_free_seat();
  } else if (ready_) {
    dial_for_seat(id);
  }
}

void Line::open_seat(const std::string& id, bool open) {
  seats_.set_open(id, open);
  if (open) on_free_seat();
}

void Line::remove_seat(const std::string& id) {
  const std::string call = seats_.remove(id);
  if (!call.empty()) hang_up(call, [](const Result<void>&) {});
}

void Line::add_speaker(SpeakerOptions options) {
  seats_.add_speaker(std::move(options));
  for (auto& [id, entry] : calls_)
    if (entry.call->answering()) attach_audio(*entry.call);
}

void Line::remove_speaker(const std::string& id) {
  const auto call = calls_.find(seats_.remove_speaker(id));
  if (call != calls_.end()) call->second.call->set_source(nullptr);
}

// --- a call finds its seat ---

// By the seat that waits longest, which is told; false: there is none.
bool Line::take_seat(Call& call) {
  const Seats::Seat* seat = seats_.longest_waiting();
  if (seat == nullptr) return false;
  seats_.take(seat->options.id, call.info().id);
  on_call_changed(call);
  return true;
}

// The seat that asks for this call and no other: it answers, or hears what is answered already.
Result<void> Line::claim(const std::string& seat, const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end() || entry->second.call->declining()) return no_such_call(id);
  if (seats_.of_call(id) != nullptr)
    return Error{Errc::kRejected, "call " + id + " has its rcsrc already"};
  const auto call = entry->second.call;
  if (call->answering() && !can_hear_media_without_seat(seats_.find(seat)->options))
    return Error{Errc::kConfig, "call " + id +
                                    " is answered already: an rcsrc that comes so late " +
                                    "must have 16000 Hz and the system clock"};
  seats_.take(seat, id);
  on_call_changed(*call);
  if (call->ended()) return {};  // by who was told of it
  if (call->answering())
    attach_audio(*call);
  else if (call->info().direction == Direction::kInbound)
    answer_now(id);
  else
    invite(id);
  return {};
}

// True: a seat for the call is on its way, and will claim it.
bool Line::want_seat(const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end()) return false;
  if (entry->second.seat_comes) return true;
  const bool comes = listener_->on_seat_wanted(entry->second.call->info());
  if (const auto again = calls_.find(id); again != calls_.end()) again->second.seat_comes = comes;
  return comes;
}

// Ringing calls that nobody has or will have, the longest ringing first.
std::vector<std::string> Line::unseated_calls() {
  std::vector<std::pair<Clock::Duration, std::string>> found;
  for (auto& [id, entry] : calls_) {
    if (entry.call->info().state != CallState::kRinging || entry.call->answering()) continue;
    if (entry.taken || entry.seat_comes || seats_.of_call(id) != nullptr) continue;
    found.emplace_back(entry.began, id);
  }
  std::sort(found.begin(), found.end());
  std::vector<std::string> ids;
  for (auto& [began, id] : found) ids.push_back(std::move(id));
  return ids;
}

// A call may ring before the pipeline plays, or while its source still has the call before. Later,
// as the source comes free inside the callbacks of the call that ends.
void Line::on_free_seat() {
  if (options_.answer != AnswerPolicy::kAuto) return;
  free_seat_timer_ = clock_.after(0ms, [this] { seat_ringing_calls(); });
}

void Line::seat_ringing_calls() {
  for (const std::string& id : unseated_calls()) {
    const auto entry = calls_.find(id);
    if (entry == calls_.end()) continue;  // ended by who was told of another
    const auto call = entry->second.call;
    take_seat(*call);
    decide(id);
  }
}

// --- what a seat gives to its call, and is told of it ---

void Line::attach_audio(Call& call) {
  const std::string& id = call.info().id;
  if (const Seats::Seat* seat = seats_.of_call(id)) call.set_receiver(seat->options.receiver);
  if (auto source = seats_.speaker_for(id)) call.set_source(std::move(source));
}

// Which seat the call has is known when its media is made.
MediaFactory Line::media_factory(const std::string& call) {
  return [this, call](MediaOptions options, MediaSession::Listener* listener) {
    const Seats::Seat* seat = seats_.of_call(call);
    const MediaFactory& make =
        seat != nullptr && seat->options.media ? seat->options.media : media_.make;
    return make(std::move(options), listener);
  };
}

MediaOptions Line::media_options(const std::string& call) {
  MediaOptions options;
  options.stun_servers = media_.stun_servers;
  options.local_address = media_.local_address;
  options.silence_limit = options_.media_timeout;
  if (const Seats::Seat* seat = seats_.of_call(call)) {
    options.clock = seat->options.clock;
    options.receive_rate = seat->options.receive_rate;
    options.jitter_latency = seat->options.jitter_latency;
  }
  return options;
}

void Line::tell_seat(const CallInfo& info) {
  const Seats::Seat* seat = seats_.of_call(info.id);
  if (seat == nullptr) return;
  if (const auto listener = seat->options.listener.lock()) listener->on_seat_call(info);
}

void Line::tell_speaker(const CallInfo& info) {
  if (const auto listener = seats_.speaker_of_call(info.id)) listener->on_speaker_call(info);
}

// --- seats that dial ---

void Line::refuse_dials(const Error& error) {
  for (const std::string& id : seats_.waiting_to_dial())
    if (const auto listener = seats_.find(id)->options.listener.lock())
      listener->on_seat_refused(error);
}

void Line::dial_for_seat(const std::string& seat_id) {
  Seats::Seat* seat = seats_.find(seat_id);
  const std::string number = std::exchange(seat->options.dial, {});  // once
  dial(new_call_id(), number, seat_id, [listener = seat->options.listener](const Result<void>& r) {
    const auto alive = listener.lock();
    if (!r.ok() && alive) alive->on_seat_refused(r.error());
  });
}

}  // namespace rc::call
