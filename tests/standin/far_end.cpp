// SPDX-License-Identifier: LGPL-2.1-or-later
#include "far_end.h"

#include <algorithm>

namespace standin {
namespace {

using Kind = FarEndStep::Kind;
using std::chrono::milliseconds;

constexpr milliseconds kRegistration{60'000};
constexpr milliseconds kMedia{10'000};
constexpr milliseconds kLongestSound{3'600'000};
constexpr milliseconds kRecording{5'000};
// Of a digit, with the pause after it; and how often the packets are counted.
constexpr std::int64_t kDigitPackets = 12;
constexpr milliseconds kPacket{20};

std::string replaced(std::string text, char what, const std::string& with) {
  const auto at = text.find(what);
  return at == text.npos ? text : text.replace(at, 1, with);
}

// +12025550100, 12025550100 -> 12025550100
std::string without_plus(const std::string& number) {
  return number.substr(!number.empty() && number.front() == '+' ? 1 : 0);
}

}  // namespace

struct FarEnd::View {
  struct Event {
    std::string name;
    std::int64_t us;
  };
  std::string state;
  std::string end_reason;
  std::vector<Event> events;
  std::int64_t packets_sent = 0;

  bool over() const { return state.empty() || state == "ended"; }
  std::int64_t count(const std::string& event) const {
    return std::count_if(events.begin(), events.end(),
                         [&](const Event& each) { return each.name == event; });
  }
  // Of the first such event; 0 = it did not happen.
  std::int64_t when(const std::string& event) const {
    for (const auto& each : events) {
      if (each.name == event) return each.us;
    }
    return 0;
  }
  std::string digits() const {
    std::string digits;
    for (const auto& each : events) {
      if (each.name.rfind("dtmf_", 0) == 0) digits += each.name.substr(5);
    }
    return digits;
  }
};

FarEnd::FarEnd(Server& server, FarEndScript script) : server_(server), script_(std::move(script)) {}

FarEnd::~FarEnd() {
  give_up();
  if (thread_.joinable()) thread_.join();
}

void FarEnd::start(Listener listener) {
  thread_ = std::thread([this, listener = std::move(listener)] { run(listener); });
}

void FarEnd::give_up() {
  given_up_ = true;
  server_.look_again();
}

FarEnd::View FarEnd::view() const {
  View view;
  const auto json = Json::parse(server_.call_json(call_));
  if (!json) return view;
  view.state = json->text("state");
  view.end_reason = json->text("end_reason");
  for (const auto& event : json->objects("events")) {
    view.events.push_back({event.text("name"), event.number("us")});
  }
  const auto media = json->object("media");
  if (media) view.packets_sent = media->number("packets_sent");
  return view;
}

bool FarEnd::wait(const std::function<bool(const View&)>& done, Ms limit) {
  bool reached = false;
  server_.wait_until(
      [&] {
        const View now = view();
        reached = !now.over() && done(now);
        return reached || now.over() || given_up_;
      },
      limit);
  return reached && !given_up_;
}

void FarEnd::run(const Listener& listener) {
  const std::string problem = play_through();
  if (!call_.empty()) {
    if (!view().over()) server_.hang_up(call_);
    server_.wait_call_state(call_, "finished", kRecording);
  }
  listener(outcome(problem));
}

std::string FarEnd::play_through() {
  if (!reach()) return given_up_ ? "given_up" : "not_answered";
  if (!wait([](const View& now) { return now.count("media_connected") > 0; }, kMedia)) {
    return view().over() ? "client_hung_up" : "no_media";
  }
  for (const auto& step : script_.steps) {
    const std::string problem = do_step(step);
    if (given_up_) return "given_up";
    if (!problem.empty()) return problem;
    ++done_;
  }
  return {};
}

bool FarEnd::reach() { return script_.answer.empty() ? call_client() : answer_client(); }

bool FarEnd::call_client() {
  const std::string& extension = script_.call;
  const auto registered = [&] { return given_up_ || server_.is_registered(extension); };
  if (!server_.wait_until(registered, kRegistration) || given_up_) {
    problem_ = "extension " + extension + " did not register";
    return false;
  }
  const auto reply = server_.control("POST", "/calls", call_body());
  const auto answer = Json::parse(reply.body);
  call_ = answer ? answer->text("id") : "";
  if (call_.empty()) problem_ = answer ? answer->text("error") : "";
  return wait([](const View& now) { return now.state == "answered"; }, script_.ring);
}

bool FarEnd::answer_client() {
  const std::string number = without_plus(script_.answer);
  const auto known = server_.call_ids();
  const auto reply = server_.control("POST", "/numbers", call_body());
  if (reply.status >= 300) {
    problem_ = reply.body;
    return false;
  }
  const auto dialled = [&] {
    for (const auto& id : server_.call_ids()) {
      if (std::find(known.begin(), known.end(), id) != known.end()) continue;
      const auto call = Json::parse(server_.call_json(id));
      if (call && without_plus(call->text("to")) == number) call_ = id;
    }
    return given_up_ || !call_.empty();
  };
  server_.wait_until(dialled, kRegistration);
  if (call_.empty()) problem_ = "nobody dialled " + script_.answer;
  return wait([](const View& now) { return now.state == "answered"; }, script_.ring);
}

// Of POST /calls or POST /numbers.
std::string FarEnd::call_body() const {
  JsonOut out;
  out.begin();
  out.add(script_.answer.empty() ? "to" : "number",
          script_.answer.empty() ? script_.call : without_plus(script_.answer));
  if (!script_.from.empty()) out.add("from", script_.from);
  if (!script_.name.empty()) out.add("name", script_.name);
  if (script_.sip) out.add("sip", *script_.sip);
  if (script_.media) {
    out.add("media", *script_.media);
  } else {
    out.key("media").begin().add("codec", script_.codec).add("record", script_.record).end();
  }
  return out.end().text();
}

std::string FarEnd::do_step(const FarEndStep& step) {
  const auto never = [](const View&) { return false; };
  switch (step.kind) {
    case Kind::kControl:
      return control(step);
    case Kind::kPlay:
      return play(step);
    case Kind::kDtmf:
      return send_dtmf(step);
    case Kind::kWait:
      wait(never, step.time);
      return view().over() ? "client_hung_up" : "";
    case Kind::kUntilHangUp:
      wait(never, step.time);
      return view().over() ? "" : "client_stayed";
    case Kind::kHangUp:
      break;
  }
  server_.hang_up(call_);
  return {};
}

std::string FarEnd::control(const FarEndStep& step) {
  const auto path = replaced(replaced(step.path, '*', call_), '+', client_extension());
  const auto reply = server_.control("POST", path, step.body);
  if (reply.status < 300) return {};
  const auto answer = Json::parse(reply.body);
  problem_ = answer ? answer->text("error") : "";
  return view().over() ? "client_hung_up" : "impossible_step";
}

std::string FarEnd::play(const FarEndStep& step) {
  const auto before = view().count("played");
  const std::string problem = control(step);
  if (!problem.empty()) return problem;
  const auto played = [&](const View& now) { return now.count("played") > before; };
  return wait(played, kLongestSound) ? "" : "client_hung_up";
}

std::string FarEnd::send_dtmf(const FarEndStep& step) {
  const auto digits = static_cast<std::int64_t>(step.digits);
  const auto last = view().packets_sent + digits * kDigitPackets;
  const std::string problem = control(step);
  if (!problem.empty()) return problem;
  const auto deadline =
      std::chrono::steady_clock::now() + digits * kDigitPackets * kPacket + kMedia;
  const auto sent = [&](const View& now) { return now.packets_sent > last; };
  // Packets are nothing that the stand-in tells: they are counted again and again.
  while (!wait(sent, kPacket)) {
    if (view().over()) return "client_hung_up";
    if (given_up_ || std::chrono::steady_clock::now() > deadline) return "no_media";
  }
  return {};
}

std::string FarEnd::client_extension() const {
  const auto call = Json::parse(server_.call_json(call_));
  return call ? call->text(script_.answer.empty() ? "to" : "from") : "";
}

FarEnd::Outcome FarEnd::outcome(const std::string& problem) {
  const View last = call_.empty() ? View{} : view();
  const auto ms = [](std::int64_t from, std::int64_t to) {
    return from == 0 || to == 0 ? std::int64_t{-1} : (to - from) / 1000;
  };
  const bool calls = script_.answer.empty();
  const auto answered = last.when(calls ? "200" : "200_sent");
  JsonOut out;
  out.begin().add(calls ? "call" : "answer", calls ? script_.call : script_.answer);
  out.add("outcome", problem.empty() ? "completed" : problem);
  if (!problem_.empty()) out.add("problem", problem_);
  out.add("steps", static_cast<std::int64_t>(script_.steps.size()));
  out.add("steps_done", static_cast<std::int64_t>(done_));
  out.add("answered_after_ms", ms(last.when(calls ? "invite_sent" : "invite"), answered));
  out.add("duration_ms", ms(answered, last.when("ended")));
  out.add("end_reason", last.end_reason).add("dtmf", last.digits());
  out.add("recording", script_.record).add("id", call_);
  return {problem.empty(), out.end().text()};
}

}  // namespace standin
