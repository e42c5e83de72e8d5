// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call.h"

#include <algorithm>

namespace standin {

const char* to_string(CallState state) {
  switch (state) {
    case CallState::kRinging:
      return "ringing";
    case CallState::kAnswered:
      return "answered";
    case CallState::kEnded:
      break;
  }
  return "ended";
}

Call::Call(Box& box, std::string direction, std::string from, std::string to)
    : box_(box),
      id_("call-" + random_hex(6)),
      direction_(std::move(direction)),
      from_(std::move(from)),
      to_(std::move(to)) {}

void Call::on_mark(Leg& leg, const std::string& event) {
  if (!has_dialog(leg.call_id())) call_ids_.push_back(leg.call_id());
  note(event);
}

bool Call::has_dialog(const std::string& call_id) const {
  return std::find(call_ids_.begin(), call_ids_.end(), call_id) != call_ids_.end();
}

bool Call::happened(const std::string& event) const {
  return std::any_of(events_.begin(), events_.end(),
                     [&](const auto& each) { return each.name == event; });
}

void Call::note(const std::string& event) {
  events_.push_back({event, now_us()});
  box_.loop.notify_changed();
}

void Call::set_answered() {
  if (state_ != CallState::kRinging) return;
  state_ = CallState::kAnswered;
  box_.loop.notify_changed();
}

void Call::set_ended(const std::string& reason) {
  if (state_ == CallState::kEnded) return;
  state_ = CallState::kEnded;
  end_reason_ = reason;
  note("ended");
}

void Call::write(JsonOut& out) const {
  out.begin().add("id", id_).add("direction", direction_).add("state", to_string(state_));
  out.add("end_reason", end_reason_).add("from", from_).add("to", to_);
  out.add("session_id", ids_.session).add("party_id", ids_.party(client_party()));
  out.key("call_ids").begin_list();
  for (const auto& call_id : call_ids_) out.value(call_id);
  out.end_list().key("events").begin_list();
  for (const auto& event : events_) {
    out.begin().add("name", event.name).add("us", event.us).end();
  }
  out.end_list();
  write_media(out);
  out.end();
}

}  // namespace standin
