// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/story.h"

#include <array>
#include <cstdio>

namespace rc::call {
namespace {

// "1.234 s"
std::string seconds(std::chrono::nanoseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f s", std::chrono::duration<double>(time).count());
  return text.data();
}

std::string who(const std::string& number, const std::string& name) {
  const std::string shown = number.empty() ? "somebody" : number;
  return name.empty() ? shown : shown + " \"" + name + "\"";
}

std::string after(const CallInfo& info, const char* what, std::chrono::nanoseconds time) {
  return info.id + " " + what + " after " + seconds(time);
}

}  // namespace

std::string tell_ringing(const CallInfo& info) {
  std::string text = info.id + " rings: " + who(info.from_number, info.from_name) + " calls " +
                     who(info.to_number, info.to_name);
  if (!info.queue.empty()) text += " by the queue \"" + info.queue + "\"";
  return text;
}

std::string tell_dialing(const CallInfo& info) { return info.id + " dials " + info.to_number; }

std::string tell_answered(const CallInfo& info, std::chrono::nanoseconds time) {
  return after(info, info.direction == Direction::kInbound ? "answered by us" : "answered by them",
               time);
}

std::string tell_connected(const CallInfo& info, std::chrono::nanoseconds time) {
  return after(info, "connected", time) + ": " + info.codec;
}

std::string tell_first_audio(const CallInfo& info, std::chrono::nanoseconds time) {
  return after(info, "has first audio", time);
}

std::string tell_flow(const CallInfo& info) {
  if (info.media == MediaFlow::kFlowing) return after(info, "audio is back", info.media_gap);
  return info.id + " audio " + to_string(info.media) + ": nothing came for " +
         seconds(info.media_gap);
}

std::string tell_ended(const CallInfo& info, const CallStats& stats) {
  std::string text = info.id + " ended by " + to_string(info.ended_by);
  if (info.status != 0) text += " with " + std::to_string(info.status);
  const bool answered = info.answered_at != decltype(info.answered_at){};
  text += answered ? " after " + seconds(stats.talked) : " unanswered";
  text += ": " + info.reason;
  if (!stats.media.codec.empty()) text += " (" + to_text(stats) + ")";
  return text;
}

}  // namespace rc::call
