// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/call.h"

#include <utility>

#include "call/caller.h"
#include "call/story.h"
#include "core/log.h"
#include "core/text.h"

namespace rc::call {
namespace {

constexpr int kNotAcceptableHere = 488;

EndedBy ended_by(sip::EndReason::Who who) {
  switch (who) {
    case sip::EndReason::Who::kLocal:
      return EndedBy::kUs;
    case sip::EndReason::Who::kRemote:
      return EndedBy::kThem;
    case sip::EndReason::Who::kFailure:
      return EndedBy::kFailure;
  }
  return EndedBy::kFailure;
}

// To an offer that we cannot answer.
int status_for(const Error& error) {
  return error.code == Errc::kRejected ? kNotAcceptableHere : 500;
}

// What a failed call tells a person to do, beyond the server's phrase.
std::string explain(const sip::EndReason& reason) {
  std::string text = clean_text(reason.text);
  // Most BYE and CANCEL say nothing.
  if (text.empty()) text = reason.status == 487 ? "the caller gave up" : "the other side hung up";
  if (reason.status == 486)
    text +=
        " (RingCentral also says this for invalid numbers and while the line has no emergency "
        "address: check both in the admin portal)";
  if (reason.status == 403) text += " (the line is not registered or may not make this call)";
  if (reason.status == 404) text += " (nobody has this number: check it, with its country code)";
  return text;
}

}  // namespace

Call::Call(Clock& clock, CallInfo info, MediaFactory media, Listener* listener)
    : clock_(clock),
      info_(std::move(info)),
      make_media_session_(std::move(media)),
      listener_(listener) {
  info_.started_at = clock_.wall();
  times_.invited = clock_.now();
}

Call::~Call() {
  if (session_) session_->set_listener(nullptr);
}

void Call::ring(std::shared_ptr<sip::InviteSession> session) {
  session_ = std::move(session);
  session_->set_listener(this);
  session_->ring();
  RC_LOG(kCall, INFO, tell_ringing(info_));
}

void Call::answer(MediaOptions options) {
  if (answering() || ended()) return;
  make_media(std::move(options));
  const std::string offer = session_->invite().sdp();
  auto done = while_alive([this](Result<std::string> sdp) { accept_with(std::move(sdp)); });
  waits_for_sdp_in_ack_ = offer.empty();
  if (offer.empty())
    media_->offer(std::move(done));
  else
    media_->answer(offer, std::move(done));
}

void Call::accept_with(Result<std::string> sdp) {
  if (!sdp.ok()) {
    const int status = status_for(sdp.error());
    session_->reject(status);
    finish(EndedBy::kFailure, status, sdp.error().message);
    return;
  }
  session_->accept(std::move(sdp).value());
  set_state(CallState::kAnswered);
}

void Call::decline(int status, const std::string& reason) {
  if (ended() || answering()) return;
  session_->reject(status);
  finish(EndedBy::kUs, status, reason);
}

void Call::dial(MediaOptions options, Invite invite) {
  make_media(std::move(options));
  media_->offer(while_alive([this, invite = std::move(invite)](Result<std::string> sdp) {
    invite_with(std::move(sdp), invite);
  }));
}

void Call::invite_with(Result<std::string> sdp, const Invite& invite) {
  if (!sdp.ok()) return finish(EndedBy::kFailure, 0, sdp.error().message);
  times_.invited = clock_.now();
  session_ = invite(std::move(sdp).value(), this);
  RC_LOG(kCall, INFO, tell_dialing(info_));
}

void Call::hang_up(const std::string& reason) { finish(EndedBy::kUs, 0, reason); }

void Call::set_receiver(std::shared_ptr<AudioReceiver> receiver) {
  receiver_ = std::move(receiver);
  if (media_) media_->set_receiver(receiver_);
}

void Call::set_source(std::shared_ptr<AudioSource> source) {
  source_ = std::move(source);
  if (media_) media_->set_source(source_);
}

void Call::make_media(MediaOptions options) {
  options.call_id = info_.id;
  media_ = make_media_session_(std::move(options), this);
  media_->set_receiver(receiver_);
  media_->set_source(source_);
}

void Call::on_progress(const sip::Message& response) {
  read_api_ids(response, info_);
  RC_LOG(kCall, INFO, info_.id + " on its way: " + std::to_string(response.status()));
  set_state(CallState::kDialing);
}

void Call::on_answered(const sip::Message& response) {
  const auto self = shared_from_this();
  read_api_ids(response, info_);
  set_state(CallState::kAnswered);
  if (!ended()) apply_answer(response.sdp());
}

void Call::on_ack(const sip::Message& ack) {
  if (!std::exchange(waits_for_sdp_in_ack_, false)) return;
  const auto self = shared_from_this();
  apply_answer(ack.sdp());
}

void Call::apply_answer(const std::string& sdp) {
  const auto applied = media_->apply_answer(sdp);
  if (!applied.ok()) fail(kNotAcceptableHere, applied.error().message);
}

// Hold, resume, a transfer's new media: the media session knows which.
void Call::on_reoffer(const sip::Message& invite) {
  const std::string offer = invite.sdp();
  if (offer.empty()) {
    waits_for_sdp_in_ack_ = true;
    session_->accept(media_->reoffer(false));
    return;
  }
  media_->answer(offer, while_alive([this](Result<std::string> sdp) {
                   if (sdp.ok())
                     session_->accept(std::move(sdp).value());
                   else
                     session_->reject(status_for(sdp.error()));
                 }));
}

void Call::repair() { offer_again("a new socket"); }

void Call::on_refresh_due() { offer_again("a session refresh"); }

void Call::offer_again(const char* why) {
  if (ended() || !session_ || !session_->established() || !media_) return;
  session_->reinvite(media_->reoffer(false),
                     [weak = weak_from_this(), why](const Result<sip::Message>& answer) {
                       const auto self = weak.lock();
                       if (self && !self->ended()) self->on_offered_again(why, answer);
                     });
}

// A refusal leaves all as it was (RFC 3261 14.1); 481, 408 and silence have ended the session.
void Call::on_offered_again(const std::string& why, const Result<sip::Message>& answer) {
  const auto applied =
      answer.ok() ? media_->apply_answer(answer.value().sdp()) : Result<void>(answer.error());
  if (applied.ok()) {
    RC_LOG(kCall, INFO, info_.id + " goes on after " + why);
  } else {
    RC_LOG(
        kCall, WARNING,
        info_.id + " was not taken on by the server after " + why + ": " + applied.error().message);
  }
}

void Call::on_ended(const sip::EndReason& reason) {
  const auto self = shared_from_this();
  const int status = reason.status >= 300 ? reason.status : 0;
  if (declining_) return finish(EndedBy::kUs, status, "declined");
  finish(ended_by(reason.who), status, explain(reason));
}

void Call::on_media_connected() {
  info_.codec = media_->stats().codec;
  info_.media = MediaFlow::kFlowing;
  times_.connected = std::chrono::duration_cast<std::chrono::microseconds>(since_invite());
  RC_LOG(kCall, INFO, tell_connected(info_, since_invite()));
  set_state(CallState::kConnected);
}

void Call::on_media_first_audio() {
  heard_before_ = receiver_ ? receiver_->heard() : Heard{};
  RC_LOG(kCall, INFO, tell_first_audio(info_, count().until_audio));
}

void Call::on_media_failed(const Error& error) {
  const auto self = shared_from_this();
  fail(0, error.message);
}

void Call::on_media_flow(MediaFlow flow, std::chrono::nanoseconds gap) {
  const auto self = shared_from_this();
  info_.media = flow;
  info_.media_gap = std::chrono::duration_cast<std::chrono::microseconds>(gap);
  RC_LOG(kCall, INFO, tell_flow(info_));
  listener_->on_call_changed(*this);
}

void Call::set_state(CallState state) {
  const auto self = shared_from_this();
  if (state == CallState::kAnswered) {
    info_.answered_at = clock_.wall();
    times_.answered = clock_.now();
    RC_LOG(kCall, INFO, tell_answered(info_, since_invite()));
  }
  // The media can be up before the ACK has come; an answered call does not go back.
  if (info_.state < state) info_.state = state;
  listener_->on_call_changed(*this);
}

void Call::fail(int status, const std::string& reason) {
  finish(EndedBy::kFailure, status, reason);
}

void Call::finish(EndedBy who, int status, const std::string& reason) {
  if (ended()) return;
  const auto self = shared_from_this();
  last_stats_ = count();
  last_stats_.final = true;
  if (media_) media_->close();
  closed_media_ = std::move(media_);
  if (session_) {
    session_->set_listener(nullptr);
    session_->end();  // does nothing when it has ended already
  }
  info_.state = CallState::kEnded;
  info_.ended_at = clock_.wall();
  info_.ended_by = who;
  info_.status = status;
  info_.reason = reason;
  RC_LOG(kCall, INFO, tell_ended(info_, last_stats_));
  listener_->on_call_changed(*this);
}

CallStats Call::stats() const { return ended() ? last_stats_ : count(); }

// A receiver lasts over several calls.
Heard Call::heard() const {
  if (!receiver_ || !heard_before_) return {};
  Heard heard = receiver_->heard();
  heard.played -= heard_before_->played;
  heard.concealed -= heard_before_->concealed;
  heard.silence -= heard_before_->silence;
  return heard;
}

CallStats Call::count() const {
  using std::chrono::microseconds;
  const auto us = [](auto time) { return std::chrono::duration_cast<microseconds>(time); };
  CallStats stats;
  stats.call_id = info_.id;
  stats.at = clock_.wall();
  if (media_) stats.media = media_->stats();
  stats.heard = heard();
  if (times_.answered) {
    stats.talked = us(clock_.now() - *times_.answered);
    stats.until_answered = us(*times_.answered - times_.invited);
  }
  stats.until_connected = times_.connected;
  if (stats.media.first_audio_at.count() != 0)
    stats.until_audio = stats.media.first_audio_at - us(times_.invited);
  stats.quality = quality_of(stats);
  return stats;
}

MediaSession::SdpCallback Call::while_alive(std::function<void(Result<std::string>)> run) {
  return [weak = weak_from_this(), run = std::move(run)](Result<std::string> sdp) {
    const auto self = weak.lock();
    if (self && !self->ended()) run(std::move(sdp));
  };
}

}  // namespace rc::call
