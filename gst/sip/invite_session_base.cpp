// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_base.h"

#include <utility>

#include "core/log.h"
#include "core/text.h"

namespace rc::sip {
namespace {

void log_end(const std::string& call_id, const EndReason& why) {
  constexpr const char* kWho[] = {"us", "them", "failure"};
  RC_LOG(kSip, DEBUG,
         "call-id " + call_id + " ended by " + kWho[static_cast<int>(why.who)] + ": " +
             std::to_string(why.status) + " " + why.text);
}

}  // namespace

SessionBase::SessionBase(std::shared_ptr<UserAgentCore> core, Owner* owner, std::string call_id,
                         std::string local_tag)
    : core_(std::move(core)),
      answer_(*core_, local_tag),
      session_timer_(
          core_->clock(), [this] { refresh(); },
          [this] {
            if (!established()) return;
            begin_end({EndReason::Who::kFailure, 408, "the other side is gone", {}}, {});
          }),
      owner_(owner),
      call_id_(std::move(call_id)),
      local_tag_(std::move(local_tag)) {}

void SessionBase::accept(std::string sdp) {
  if (over() || !answer_.open()) return;
  if (phase_ == Phase::kEstablished) dialog_->refresh_target(answer_.request());
  phase_ = Phase::kEstablished;
  limit_.cancel();
  reoffer_.cancel();
  answer_.accept(
      std::move(sdp),
      [this](Message& response) { session_timer_.answer(answer_.request(), response); },
      [weak = weak_from_this()] {
        if (auto session = weak.lock()) session->on_no_ack();
      });
}

void SessionBase::reject(int status, std::string phrase) {
  if (over() || !answer_.open()) return;
  if (phrase.empty()) phrase = reason_phrase(status);
  if (phase_ == Phase::kEarly) {
    return begin_end({EndReason::Who::kLocal, status, std::move(phrase), {}}, {});
  }
  reoffer_.cancel();
  answer_.refuse(status, phrase);
}

void SessionBase::on_no_ack() {
  if (phase_ == Phase::kEnding) return bye(bye_reason_);
  begin_end({EndReason::Who::kFailure, 408, "our answer was not acknowledged", {}}, {});
}

void SessionBase::receive_ack(const Message& ack) {
  if (!answer_.take_ack(ack)) return;
  if (phase_ == Phase::kEnding && bye_after_ack_) return bye(bye_reason_);
  if (phase_ != Phase::kEstablished) return;
  const auto keep = self();
  if (listener_ != nullptr) listener_->on_ack(ack);
  if (reinvite_ && reinvite_->attempts == 0 && phase_ == Phase::kEstablished) send_reinvite();
}

// --- our requests ---

AuthenticatedRequest::NextCseq SessionBase::next_cseq() {
  return [session = self()] { return session->dialog_->next_cseq(); };
}

void SessionBase::request(Request request, ResponseCallback done) {
  if (over() || !dialog_) {
    const Error error = over() ? Error{Errc::kClosed, "the call is over"}
                               : Error{Errc::kRejected, "the other side has not answered yet"};
    return core_->defer([done = std::move(done), error] { done(error); });
  }
  Message message = dialog_->make_request(request.method);
  message.add("Contact", core_->contact());
  for (const auto& [name, value] : request.headers) message.add(name, value);
  if (!request.content_type.empty()) {
    message.set_body(request.content_type, std::move(request.body));
  }
  const uint64_t id = next_pending_++;
  pending_[id] = std::move(done);
  AuthenticatedRequest::send(
      core_, std::move(message),
      [session = self(), id](const Result<Message>& last) { session->settle(id, last); },
      next_cseq());
}

void SessionBase::settle(uint64_t id, const Result<Message>& last) {
  if (last.ok() && last.value().is_provisional()) return;
  const auto pending = pending_.extract(id);
  if (!pending.empty()) pending.mapped()(outcome_of(last));
}

Message SessionBase::make_ack(const Dialog& dialog, const Message& invite) {
  const auto cseq = invite.cseq();
  Message ack = dialog.make_ack(cseq ? cseq->number : 0);
  // It cannot be challenged, so it carries what the INVITE was let through with (22.3).
  for (const auto* name : {"Authorization", "Proxy-Authorization"}) {
    for (const auto& value : invite.headers(name)) ack.add(name, value);
  }
  return ack;
}

void SessionBase::acknowledge(const Message& invite, const std::string& sdp) {
  Message ack = make_ack(*dialog_, invite);
  if (!sdp.empty()) ack.set_body("application/sdp", sdp);
  core_->stamp(ack);
  core_->send_message(ack);
  ack_ = std::make_unique<Message>(std::move(ack));
}

bool SessionBase::repeat_ack(const Message& response) {
  const auto cseq = response.cseq();
  if (!ack_ || !cseq || ack_->cseq()->number != cseq->number) return false;
  core_->send_message(*ack_);
  return true;
}

// --- the end ---

void SessionBase::end(std::string reason) {
  if (over()) return;
  const int status = established() ? 200 : outbound() ? 487 : 480;
  begin_end({EndReason::Who::kLocal, status, std::string(reason_phrase(status)), {}}, reason);
}

void SessionBase::begin_end(EndReason why, const std::string& reason_header) {
  const bool was_established = established();
  phase_ = Phase::kEnding;
  why_ = std::move(why);
  reoffer_.cancel();
  session_timer_.stop();
  limit_ = core_->clock().after(kTransactionLimit, [weak = weak_from_this()] {
    if (auto session = weak.lock()) session->finish(session->why_);
  });
  if (was_established && answer_.open()) answer_.refuse(487);  // their offer: of no use any more
  if (was_established) return bye(reason_header);
  end_early(reason_header);
}

void SessionBase::bye(const std::string& reason_header) {
  // Not before the ACK to our 2xx: the peer may not know the dialog yet (RFC 3261 15).
  if (answer_.waits_for_ack() && core_->attached()) {
    bye_after_ack_ = true;
    bye_reason_ = reason_header;
    return;
  }
  if (std::exchange(owes_ack_, false)) acknowledge(invite(), {});
  Message request = dialog_->make_request("BYE");
  if (!reason_header.empty()) request.add("Reason", reason_header);
  send_bye(std::move(request));
}

void SessionBase::send_bye(Message bye) {
  if (!core_->attached()) {
    core_->send_bye_later(std::move(bye));
    return core_->defer([session = self()] { session->finish(session->why_); });
  }
  AuthenticatedRequest::send(
      core_, bye,
      [session = self(), bye](const Result<Message>& last) {
        if (last.ok() && last.value().is_provisional()) return;
        if (!last.ok() && last.error().code == Errc::kNetwork) session->core_->send_bye_later(bye);
        session->finish(session->why_);
      },
      next_cseq());
}

void SessionBase::arm_ring_limit(std::chrono::seconds limit) {
  limit_ = core_->clock().after(limit, [weak = weak_from_this()] {
    auto session = weak.lock();
    if (!session || session->phase_ != Phase::kEarly) return;
    const int status = session->outbound() ? 408 : 480;
    session->begin_end({EndReason::Who::kFailure, status, "not answered in time", {}}, {});
  });
}

void SessionBase::finish(const EndReason& why) {
  if (phase_ == Phase::kEnded) return;
  const auto keep = self();
  phase_ = Phase::kEnded;
  log_end(call_id_, why);
  limit_.cancel();
  reoffer_.cancel();
  session_timer_.stop();
  if (answer_.open()) answer_.refuse(487);
  answer_.stop();
  on_finish();
  owner_->on_session_over(*this);
  const Error closed{Errc::kClosed, "the call is over"};
  if (reinvite_) {
    if (const auto request = reinvite_->request.lock()) request->give_up();
    finish_reinvite(closed);
  }
  for (const auto& [id, done] : std::exchange(pending_, {})) done(closed);
  if (listener_ != nullptr) std::exchange(listener_, nullptr)->on_ended(why);
}

void SessionBase::drop() {
  phase_ = Phase::kEnded;
  listener_ = nullptr;
  limit_.cancel();
  reoffer_.cancel();
  session_timer_.stop();
  answer_.stop();
  on_finish();
  reinvite_.reset();
  pending_.clear();
}

}  // namespace rc::sip
