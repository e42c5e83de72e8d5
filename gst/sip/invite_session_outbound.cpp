// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_outbound.h"

#include <utility>

#include "core/text.h"
#include "sip/bounds.h"

namespace rc::sip {
namespace {

int status_of(const Error& error) {
  switch (error.code) {
    case Errc::kTimeout:
      return 408;
    case Errc::kAuth:
    case Errc::kProtocol:  // a challenge of another realm
      return 407;
    default:
      return 503;
  }
}

}  // namespace

OutboundSession::OutboundSession(std::shared_ptr<UserAgentCore> core, Owner* owner, Message invite)
    : SessionBase(std::move(core), owner, invite.call_id(), invite.from_tag()),
      invite_(std::move(invite)) {
  session_timer_.ask(invite_);
}

void OutboundSession::start() {
  arm_ring_limit(core_->options().ring_limit);
  request_ = AuthenticatedRequest::send(
      core_, invite_,
      [session = std::static_pointer_cast<OutboundSession>(self())](
          const Result<Message>& outcome) { session->on_outcome(outcome); });
}

void OutboundSession::fail(std::string text) {
  core_->defer([session = self(), this, text = std::move(text)] {
    finish({EndReason::Who::kFailure, 400, text, {}});
  });
}

void OutboundSession::on_outcome(const Result<Message>& outcome) {
  if (const auto request = request_.lock()) invite_ = request->request();
  if (!outcome.ok()) {
    const Error& error = outcome.error();
    if (phase_ == Phase::kEnding) return finish(why_);
    return finish({EndReason::Who::kFailure, status_of(error), error.message, {}});
  }
  const Message& response = outcome.value();
  if (response.is_provisional()) return on_provisional(response);
  if (response.is_success()) return on_success(response);
  on_refused(response);
}

void OutboundSession::on_provisional(const Message& response) {
  if (cancel_wanted_) return send_cancel();
  if (response.status() == 100 || phase_ != Phase::kEarly) return;
  const bool reliable = ReliableProgress::is_reliable(response);
  if (reliable && !take_reliable(response)) return;
  // Of several forks the one that spoke last: only the 2xx decides.
  if (!response.to_tag().empty()) take_dialog(response);
  if (reliable) send_prack(response);
  if (listener_ != nullptr) listener_->on_progress(response);
}

bool OutboundSession::take_reliable(const Message& response) {
  // Their offer would have to be answered in the PRACK, before the application hears of it: left
  // to fail at their side, who were never told that they may.
  if (invite_.body().empty() && !response.body().empty()) return false;
  return progress_.take(response);
}

void OutboundSession::send_prack(const Message& response) {
  const auto cseq = invite_.cseq();
  const auto rseq = response.number("RSeq");
  if (!cseq || !rseq) return;
  Message prack = dialog_->make_request("PRACK");
  prack.add("RAck", std::to_string(*rseq) + " " + std::to_string(cseq->number) + " INVITE");
  AuthenticatedRequest::send(
      core_, std::move(prack), [](const Result<Message>&) {}, next_cseq());
}

void OutboundSession::on_success(const Message& response) {
  if (!answered_) return on_first_success(response);
  if (response.to_tag() != dialog_->remote_tag()) return end_fork(response);
  repeat_ack(response);
}

void OutboundSession::take_dialog(const Message& response) {
  if (dialog_) {
    dialog_->confirm(invite_, response);
  } else {
    dialog_ = Dialog::caller(invite_, response);
  }
}

void OutboundSession::on_first_success(const Message& response) {
  answered_ = true;
  take_dialog(response);
  if (phase_ != Phase::kEarly) {
    // It crossed our CANCEL: the call exists and is hung up (9.1).
    acknowledge(invite_, {});
    return bye(cancel_reason_);
  }
  phase_ = Phase::kEstablished;
  stop_ring_limit();
  note_allow(response);
  session_timer_.take_answer(invite_, response);
  owes_ack_ = invite_.body().empty();
  if (!owes_ack_) acknowledge(invite_, {});
  if (listener_ == nullptr) return;
  Message answer = response;
  const std::string early = progress_.answer(response.to_tag());
  if (!early.empty() && answer.sdp().empty()) answer.set_body("application/sdp", early);
  listener_->on_answered(answer);
}

void OutboundSession::ack(std::string sdp) {
  if (!owes_ack_ || phase_ != Phase::kEstablished) return;
  owes_ack_ = false;
  acknowledge(invite_, sdp);
}

// Another device answered too: only one call is wanted (13.2.2.4). It is hung up once; each repeat
// of its 2xx gets the same ACK.
void OutboundSession::end_fork(const Message& response) {
  const auto known = fork_acks_.find(response.to_tag());
  if (known != fork_acks_.end()) return core_->send_message(known->second);
  if (fork_acks_.size() >= kMaxForks) return;
  Dialog fork = Dialog::caller(invite_, response);
  Message ack = make_ack(fork, invite_);
  core_->stamp(ack);
  core_->send_message(ack);
  fork_acks_.emplace(response.to_tag(), std::move(ack));
  AuthenticatedRequest::send(core_, fork.make_request("BYE"), [](const Result<Message>&) {});
}

void OutboundSession::on_refused(const Message& response) {
  if (phase_ == Phase::kEnding) return finish(why_);
  // A 3xx is a refusal too: calls are not sent on to where a response says (toll fraud).
  std::string text = reason_text(response);
  if (text.empty()) text = clean_text(response.reason());
  finish({EndReason::Who::kRemote, response.status(), std::move(text),
          clean_text(response.header("Reason").value_or(""))});
}

void OutboundSession::end_early(const std::string& reason_header) {
  cancel_reason_ = reason_header;
  if (const auto request = request_.lock()) {
    request->stop_retrying();
    if (request->proceeding()) return send_cancel();
  }
  cancel_wanted_ = true;  // not before a provisional response (9.1)
  if (!core_->attached()) {
    core_->defer([session = self(), this] { finish(why_); });
  }
}

void OutboundSession::send_cancel() {
  cancel_wanted_ = false;
  core_->transactions().send(make_cancel(invite_, cancel_reason_), [](const Result<Message>&) {});
}

void OutboundSession::on_finish() {
  // Answered, its transaction lives on to acknowledge repeats and end forks.
  const auto request = request_.lock();
  if (request && !answered_) request->abandon();
}

}  // namespace rc::sip
