// SPDX-License-Identifier: LGPL-2.1-or-later
// A new offer of ours inside an established call.
#include <chrono>
#include <utility>

#include "core/random.h"
#include "sip/invite_session_base.h"

namespace rc::sip {
namespace {

using std::chrono::milliseconds;

constexpr int kMaxAttempts = 5;  // each may meet an offer of theirs (491)

// After a 491: who made the Call-ID waits 2.1-4 s, the other 0-2 s, in steps of 10 ms (14.1).
milliseconds glare_wait(bool call_id_is_ours) {
  return call_id_is_ours ? milliseconds(2100 + 10 * random_number(191))
                         : milliseconds(10 * random_number(201));
}

}  // namespace

void SessionBase::reinvite(std::string sdp, ResponseCallback done) {
  if (over() || phase_ == Phase::kEarly || offer_under_way()) {
    const Error error = over() ? Error{Errc::kClosed, "the call is over"}
                               : Error{Errc::kRejected, "another offer is under way"};
    return core_->defer([done = std::move(done), error] { done(error); });
  }
  reinvite_.emplace();
  reinvite_->sdp = std::move(sdp);
  reinvite_->done = std::move(done);
  // Not beside an INVITE of theirs that waits for its ACK (14.1): receive_ack() sends it.
  if (!answer_.waits_for_ack()) send_reinvite();
}

void SessionBase::send_reinvite() {
  Message invite = dialog_->make_request("INVITE");
  invite.add("Contact", core_->contact());
  invite.add("Allow", kAllow);
  session_timer_.ask(invite);
  invite.set_body("application/sdp", reinvite_->sdp);
  ++reinvite_->attempts;
  const uint64_t serial = reinvite_->serial = ++reinvite_serial_;
  reinvite_->request = AuthenticatedRequest::send(
      core_, std::move(invite),
      [session = self(), serial](const Result<Message>& last) {
        session->on_reinvite_response(serial, last);
      },
      next_cseq());
  // Timer B ends it when nothing comes at all; this when only provisional responses do.
  reinvite_->timer = core_->clock().after(kTransactionLimit, [weak = weak_from_this()] {
    if (auto session = weak.lock()) session->give_up_reinvite();
  });
}

void SessionBase::on_reinvite_response(uint64_t serial, const Result<Message>& last) {
  const bool current = reinvite_ && reinvite_->serial == serial;
  if (last.ok() && last.value().is_provisional()) return;
  if (last.ok() && last.value().is_success()) return on_reinvite_answered(current, last.value());
  if (current) on_reinvite_failed(last);
}

void SessionBase::on_reinvite_answered(bool current, const Message& response) {
  if (repeat_ack(response)) return;
  const auto request = current ? reinvite_->request.lock() : nullptr;
  // One that was given up and is answered after all still wants its ACK.
  acknowledge(request ? request->request() : response, {});
  if (!current) return;
  dialog_->refresh_target(response);
  note_allow(response);
  if (request) session_timer_.take_answer(request->request(), response);
  finish_reinvite(response);
}

void SessionBase::on_reinvite_failed(const Result<Message>& last) {
  const int status = last.ok() ? last.value().status() : 0;
  if (status == 491 && reinvite_->attempts < kMaxAttempts) return retry_reinvite_later();
  const auto outcome = outcome_of(last);
  finish_reinvite(outcome);
  if (is_dead(last) && phase_ == Phase::kEstablished) end_dead(status, outcome.error().message);
}

bool is_dead(const Result<Message>& last) {
  if (!last.ok()) return last.error().code == Errc::kTimeout;
  return last.value().status() == 481 || last.value().status() == 408;
}

// The peer has no such dialog, or is gone (14.1): over at once, its answer to our BYE
// is not waited for.
void SessionBase::end_dead(int status, const std::string& text) {
  AuthenticatedRequest::send(
      core_, dialog_->make_request("BYE"), [](const Result<Message>&) {}, next_cseq());
  finish({EndReason::Who::kFailure, status == 0 ? 408 : status, text, {}});
}

void SessionBase::retry_reinvite_later() {
  reinvite_->request.reset();
  const auto wait = glare_wait(dialog_->call_id_is_ours());
  reinvite_->timer = core_->clock().after(wait, [weak = weak_from_this()] {
    auto session = weak.lock();
    if (!session || session->phase_ != Phase::kEstablished) return;
    const bool theirs_first = session->answer_.open() || session->answer_.waits_for_answer();
    if (theirs_first) return session->retry_reinvite_later();
    session->send_reinvite();
  });
}

void SessionBase::give_up_reinvite() {
  if (auto request = reinvite_->request.lock()) {
    request->give_up();
    Message cancel = make_cancel(request->request(), {});
    core_->transactions().send(std::move(cancel), [](const Result<Message>&) {});
  }
  finish_reinvite(Error{Errc::kTimeout, "no answer to a new offer in 32 s"});
}

void SessionBase::finish_reinvite(const Result<Message>& outcome) {
  const auto done = std::move(reinvite_->done);
  reinvite_.reset();
  done(outcome);
}

Message make_cancel(const Message& invite, const std::string& reason_header) {
  Message cancel = Message::request("CANCEL", Uri{});
  cancel.set_request_uri(invite.request_uri());
  for (const auto* name : {"Via", "Route", "Max-Forwards", "From", "To", "Call-ID"}) {
    for (const auto& value : invite.headers(name)) cancel.add(name, value);
  }
  const auto cseq = invite.cseq();
  cancel.set_cseq({cseq ? cseq->number : 0, "CANCEL"});
  if (!reason_header.empty()) cancel.add("Reason", reason_header);
  return cancel;
}

}  // namespace rc::sip
