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

Error no_such_call(const std::string& id) {
  return {Errc::kConfig, "there is no call " + clean_text(id) + ": it has ended or never was"};
}

Error does_not_ring(const std::string& id) {
  return {Errc::kConfig, "call " + id + " does not ring"};
}

}  // namespace

Line::Line(Clock& clock, LineOptions options, Listener* listener)
    : clock_(clock), options_(std::move(options)), listener_(listener) {}

Line::~Line() = default;

void Line::use_account(sip::UserAgent::Options options, Media media) {
  media_ = std::move(media);
  account_ = options.account;
  options.max_ringing = options_.max_ringing;
  user_agent_ = std::make_unique<sip::UserAgent>(clock_, std::move(options), this);
}

std::string Line::new_call_id() { return "c-" + random_token(12); }

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
  entry.call = std::make_shared<Call>(clock_, info, media_.make, this);
  entry.call->ring(std::move(session));
  if (entry.agent) confirm_receipt(*entry.agent, sip_call_id);
  RC_LOG(kCall, INFO, info.id + " rings: from " + info.from_number + " to " + info.to_number);
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

// By the seat that waits longest, which is told; false: there is none.
bool Line::take_seat(Call& call) {
  const Seats::Seat* seat = seats_.longest_waiting();
  if (seat == nullptr) return false;
  seats_.take(seat->options.id, call.info().id);
  on_call_changed(call);
  return true;
}

Line::Entry* Line::longest_unseated() {
  Entry* longest = nullptr;
  for (auto& [id, entry] : calls_) {
    const CallInfo& info = entry.call->info();
    if (info.state != CallState::kRinging || entry.taken || entry.call->answering()) continue;
    if (seats_.of_call(id) != nullptr) continue;
    if (longest == nullptr || info.started_at < longest->call->info().started_at) longest = &entry;
  }
  return longest;
}

// A call may ring before the pipeline plays, or while its source still has the call before. Later,
// as the source comes free inside the callbacks of the call that ends.
void Line::on_free_seat() {
  if (options_.answer != AnswerPolicy::kAuto) return;
  free_seat_timer_ = clock_.after(0ms, [this] { seat_ringing_calls(); });
}

void Line::seat_ringing_calls() {
  while (seats_.longest_waiting() != nullptr) {
    Entry* entry = longest_unseated();
    if (entry == nullptr) return;
    const auto call = entry->call;
    take_seat(*call);
    decide(call->info().id);
  }
}

void Line::decide(const std::string& id) {
  const auto found = calls_.find(id);
  if (found == calls_.end()) return;  // ended by who was told of it
  Entry& entry = found->second;
  if (entry.taken) return;
  if (options_.answer == AnswerPolicy::kReject) return decline_by_agent(entry);
  if (options_.answer != AnswerPolicy::kAuto) return;
  if (seats_.of_call(id) == nullptr) {
    RC_LOG(kCall, INFO,
           id + " rings on: no-free-source (no rcsrc of this line is free in PLAYING)");
    return;
  }
  if (options_.answer_delay == 0ms) return answer_now(id);
  entry.answer_timer = clock_.after(options_.answer_delay, [this, id] { answer_now(id); });
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

// --- seats ---

void Line::add_seat(SeatOptions options) {
  const std::string id = options.id;
  const bool dials = !options.dial.empty();
  seats_.add(std::move(options));
  if (dials && ready_) dial_for_seat(id);
  if (!dials) on_free_seat();
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

void Line::attach_audio(Call& call) {
  const std::string& id = call.info().id;
  if (const Seats::Seat* seat = seats_.of_call(id)) call.set_receiver(seat->options.receiver);
  if (auto source = seats_.speaker_for(id)) call.set_source(std::move(source));
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

// --- outgoing ---

void Line::set_ready(bool ready) {
  ready_ = ready;
  if (!ready) return;
  const auto calls = calls_;  // one that the server forgot may end meanwhile
  for (const auto& [id, entry] : calls) entry.call->repair();
  for (const std::string& id : seats_.waiting_to_dial()) dial_for_seat(id);
}

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
  if (!seat.empty()) seats_.take(seat, id);
  auto call = std::make_shared<Call>(clock_, info, media_.make, this);
  calls_[id].call = call;
  on_call_changed(*call);
  if (call->ended()) return done({});  // by who was told of it
  attach_audio(*call);
  call->dial(media_options(id), [this, user = user.value()](std::string sdp, auto* listener) {
    sip::UserAgent::Invitation invitation{
        "sip:" + user + "@" + account_.domain, std::move(sdp), {}};
    if (!options_.caller_id.empty())
      invitation.headers.emplace_back("P-Asserted-Identity",
                                      "sip:" + options_.caller_id + "@" + account_.domain);
    return user_agent_->invite(std::move(invitation), listener);
  });
  done({});
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
  if (seats_.of_call(id) == nullptr) take_seat(*call);
  answer_now(id);
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

void Line::on_call_changed(Call& call) {
  CallInfo info = call.info();
  info.seated = seats_.of_call(info.id) != nullptr;
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
