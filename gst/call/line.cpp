// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/line.h"

#include "call/caller.h"
#include "call/dial_string.h"
#include "core/log.h"
#include "core/random.h"
#include "core/text.h"

namespace rc::call {
namespace {

using namespace std::chrono_literals;

constexpr int kBusyHere = 486;
constexpr int kDecline = 603;
// After Cmd 12 the server takes the INVITE back with CANCEL; if it does not, we say 603.
constexpr auto kCancelLimit = 5s;

Error does_not_ring(const std::string& id) {
  return {Errc::kConfig, "call " + id + " does not ring"};
}

}  // namespace

Line::Line(Clock& clock, LineOptions options, Listener* listener)
    : clock_(clock),
      options_(std::move(options)),
      listener_(listener),
      reports_(clock, options_.stats_interval, [this](const Call& call) { report(call); }) {}

Line::~Line() = default;

void Line::use_account(sip::UserAgent::Options options, Media media) {
  media_ = std::move(media);
  account_ = options.account;
  options.max_ringing = options_.max_ringing;
  user_agent_ = std::make_unique<sip::UserAgent>(clock_, std::move(options), this);
}

std::string Line::new_call_id() { return "c-" + random_token(12); }

Error Line::no_such_call(const std::string& id) {
  return {Errc::kConfig, "there is no call " + clean_text(id) + ": it has ended or never was"};
}

// --- incoming ---

void Line::on_invite(std::shared_ptr<sip::InviteSession> session) {
  if (calls_.size() < options_.max_calls) return receive_call(std::move(session));
  RC_LOG(kCall, WARNING, "refused a call with 486: too many calls at a time (max-calls)");
  session->reject(kBusyHere);
}

CallInfo Line::describe(const sip::InviteSession& session) const {
  CallInfo info;
  info.id = new_call_id();
  info.direction = Direction::kInbound;
  info.state = CallState::kRinging;
  describe_inbound(session.invite(), info);
  return info;
}

void Line::receive_call(std::shared_ptr<sip::InviteSession> session) {
  const CallInfo info = describe(*session);
  const std::string sip_call_id = session->call_id();
  Entry& entry = calls_[info.id];
  entry.agent = agent_of(session->invite());
  entry.began = clock_.now();
  entry.call = std::make_shared<Call>(clock_, info, media_factory(info.id), this);
  entry.call->ring(std::move(session));
  if (entry.agent) confirm_receipt(*entry.agent, sip_call_id);
  offer_to_seat(info.id);
}

// The seat is told before the call is answered, so that its pipeline knows whose audio comes.
void Line::offer_to_seat(const std::string& id) {
  const auto call = calls_.at(id).call;
  const bool taken = listener_->on_call_received(call->info());
  if (call->ended()) return;
  calls_.at(id).taken = taken;
  if (taken || options_.answer != AnswerPolicy::kAuto || !take_seat(*call)) on_call_changed(*call);
  decide(id);
}

void Line::decide(const std::string& id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;  // ended by who was told of it
  Entry& entry = found->second;
  if (entry.taken) return;
  if (options_.answer == AnswerPolicy::kReject) return decline_by_agent(entry);
  if (options_.answer != AnswerPolicy::kAuto) return;
  const auto answer_at = entry.began + options_.answer_delay;
  if (answer_at <= clock_.now()) return answer_automatically(id);
  entry.answer_timer =
      clock_.after(answer_at - clock_.now(), [this, id] { answer_automatically(id); });
}

void Line::answer_automatically(const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end() || entry->second.call->answering()) return;
  if (seats_.of_call(id) != nullptr) return answer_now(id);
  if (want_seat(id)) return;
  RC_LOG(kCall, INFO, id + " rings on: no-free-source (no rcsrc of this line is free in PLAYING)");
}

void Line::answer_now(const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end() || entry->second.call->answering()) return;
  attach_audio(*entry->second.call);
  entry->second.call->answer(media_options(id));
}

void Line::confirm_receipt(const AgentMessage& agent, const std::string& sip_call_id) {
  tell_agent(agent.reply(AgentMessage::kReceiveConfirm, account_.authorization_user), sip_call_id);
}

void Line::tell_agent(const AgentMessage& message, const std::string& sip_call_id) {
  sip::UserAgent::Request request;
  request.method = "MESSAGE";
  request.target = "sip:" + message.to;
  request.call_id = sip_call_id;
  request.content_type = AgentMessage::kContentType;
  request.body = message.to_xml();
  user_agent_->send_request(std::move(request), [](Result<sip::Message> answer) {
    if (!answer.ok())
      RC_LOG(kCall, WARNING, "the call agent did not take our message: " + answer.error().message);
  });
}

// A plain 603 makes the server send the INVITE again; Cmd 12 is RingCentral's way to decline.
void Line::decline_by_agent(Entry& entry) {
  const auto call = entry.call;
  if (!entry.agent) return call->decline(kDecline, "declined");
  if (call->declining()) return;
  call->expect_withdrawal();
  entry.taken = true;  // it rings until the server's CANCEL, but no source that comes free takes it
  tell_agent(entry.agent->reply(AgentMessage::kReject, account_.authorization_user), {});
  entry.answer_timer = clock_.after(kCancelLimit, [call] { call->decline(kDecline, "declined"); });
}

void Line::on_message(const sip::Message& message) {
  const auto agent = AgentMessage::parse(message.body());
  if (!agent) return;
  RC_LOG(
      kCall, DEBUG,
      "call agent: command " + std::to_string(agent->command) + " about session " + agent->session);
}

void Line::on_check_sync() { listener_->on_provision_again(); }

// --- outgoing ---

void Line::set_ready(bool ready) {
  ready_ = ready;
  if (!ready) return;
  const auto calls = calls_;  // one that the server forgot may end meanwhile
  for (const auto& [id, entry] : calls) entry.call->repair();
  for (const std::string& id : seats_.waiting_to_dial()) dial_for_seat(id);
}

void Line::dial(const std::string& id, const std::string& number, const std::string& seat,
                Done done) {
  const auto user = parse_dial_string(number, options_.allow_emergency);
  if (!user.ok()) return done(user.error());
  if (!ready_)
    return done(Error{Errc::kNetwork, "cannot dial: the line is not registered yet, try again"});
  if (calls_.size() >= options_.max_calls)
    return done(Error{Errc::kRejected, "cannot dial: there are max-calls calls already"});
  CallInfo info;
  info.id = id;
  info.direction = Direction::kOutbound;
  info.state = CallState::kDialing;
  info.from_number = account_.username;
  info.to_number = number;
  if (!seat.empty() && !seats_.take(seat, id))
    return done(Error{Errc::kRejected, "cannot dial: there is no place left for the call"});
  auto call = std::make_shared<Call>(clock_, info, media_factory(info.id), this);
  calls_[id].call = call;
  calls_[id].user = user.value();
  on_call_changed(*call);
  const bool ended = call->ended();  // by who was told of it
  if (!ended && (!seat.empty() || !want_seat(id))) invite(id);
  done({});
}

void Line::invite(const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end()) return;
  const auto call = entry->second.call;
  attach_audio(*call);
  call->dial(media_options(id), [this, user = entry->second.user](auto sdp, auto* listener) {
    sip::UserAgent::Invitation invitation{
        "sip:" + user + "@" + account_.domain, std::move(sdp), {}};
    if (!options_.caller_id.empty())
      invitation.headers.emplace_back("P-Asserted-Identity",
                                      "sip:" + options_.caller_id + "@" + account_.domain);
    return user_agent_->invite(std::move(invitation), listener);
  });
}

// --- actions of the application ---

Line::Entry* Line::find(const std::string& id, const Done& done) {
  const auto entry = calls_.find(id);
  if (entry != calls_.end()) return &entry->second;
  done(no_such_call(id));
  return nullptr;
}

void Line::answer(const std::string& id, Done done) {
  Entry* entry = find(id, done);
  if (entry == nullptr) return;
  const auto call = entry->call;
  if (call->info().state != CallState::kRinging || call->declining())
    return done(does_not_ring(id));
  const bool taken = entry->taken;  // then the application brings the seat, if it wants one
  const bool seated = seats_.of_call(id) != nullptr || take_seat(*call);
  if (seated || taken || !want_seat(id)) answer_now(id);
  done({});
}

void Line::decline(const std::string& id, Done done) {
  Entry* entry = find(id, done);
  if (entry == nullptr) return;
  if (entry->call->info().state != CallState::kRinging || entry->call->answering())
    return done(does_not_ring(id));
  decline_by_agent(*entry);
  done({});
}

void Line::hang_up(const std::string& id, Done done) {
  if (Entry* entry = find(id, done)) {
    const auto call = entry->call;
    call->hang_up("hung up");
    done({});
  }
}

void Line::hang_up_all(const std::string& reason) {
  const auto calls = calls_;
  for (const auto& [id, entry] : calls) entry.call->hang_up(reason);
}

// --- what becomes of calls ---

CallInfo Line::info_of(const Call& call) {
  CallInfo info = call.info();
  info.at = clock_.wall();
  info.seated = seats_.of_call(info.id) != nullptr;
  return info;
}

void Line::report(const Call& call) {
  const CallInfo info = info_of(call);
  const CallStats stats = call.stats();
  const Seats::Seat* seat = seats_.of_call(info.id);
  if (const auto listener = seat != nullptr ? seat->options.listener.lock() : nullptr)
    listener->on_seat_stats(stats);
  listener_->on_stats(info, stats);
}

void Line::on_call_changed(Call& call) {
  reports_.on_call_changed(call.shared_from_this());
  const CallInfo info = info_of(call);
  tell_seat(info);
  tell_speaker(info);
  listener_->on_call(info);
  if (call.ended()) forget(info.id);
}

// The call is destroyed later: it may be one of its own callbacks that has ended it.
void Line::forget(const std::string& id) {
  const auto entry = calls_.find(id);
  if (entry == calls_.end()) return;
  ended_.push_back(std::move(entry->second.call));
  calls_.erase(entry);
  if (const auto finished = seats_.release(id)) finished->on_speaker_finished();
  on_free_seat();
  forget_timer_ = clock_.after(0ms, [this] { ended_.clear(); });
}

}  // namespace rc::call
