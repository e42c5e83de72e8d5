// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_answer.h"

#include <utility>

#include "core/random.h"

namespace rc::sip {

void InviteAnswer::begin(std::shared_ptr<ServerTransaction> transaction) {
  stop();
  rseq_.reset();
  prack_due_ = false;
  transaction_ = std::move(transaction);
  late_offer_ = request().sdp().empty();
  if (is_invite()) transaction_->respond(core_.response(request(), 100, {}));
}

void InviteAnswer::stop() {
  ok_.stop();
  ringing_.stop();
}

void InviteAnswer::ring(std::function<void()> on_no_prack) {
  if (!open() || rseq_) return;
  Message ringing = core_.response(request(), 180, local_tag_);
  if (request().has_token("Require", "100rel")) {
    ring_reliably(std::move(ringing), std::move(on_no_prack));
  } else {
    transaction_->respond(std::move(ringing));
  }
}

void InviteAnswer::ring_reliably(Message ringing, std::function<void()> on_no_prack) {
  // It would have to hold our offer (RFC 3262 5), which is there only when the call is answered.
  if (late_offer_) return;
  rseq_ = 1 + random_number(0x7FFFFFFF);  // 1 to 2^31 - 1 (RFC 3262 3)
  prack_due_ = true;
  ringing.set("Require", "100rel");
  ringing.set("RSeq", std::to_string(*rseq_));
  transaction_->respond(ringing);
  ringing_.start([this, ringing] { core_.send_message(ringing); }, std::move(on_no_prack));
}

bool InviteAnswer::take_prack(const Message& prack) {
  const auto rack = prack.rack();
  const auto cseq = prack_due_ ? request().cseq() : std::nullopt;
  if (!rack || !cseq || rack->rseq != rseq_ || rack->cseq.number != cseq->number ||
      rack->cseq.method != cseq->method) {
    return false;
  }
  prack_due_ = false;
  ringing_.stop();
  return true;
}

void InviteAnswer::accept(std::string sdp, const std::function<void(Message&)>& finish,
                          std::function<void()> on_no_ack) {
  ringing_.stop();  // its PRACK may still come (RFC 3262 3)
  Message response = core_.response(request(), 200, local_tag_);
  response.set_body("application/sdp", std::move(sdp));
  finish(response);
  transaction_->respond(response);
  if (!is_invite()) return;
  ok_.start([this, response] { core_.send_message(response); }, std::move(on_no_ack));
}

void InviteAnswer::refuse(int status, std::string_view phrase) {
  ringing_.stop();
  transaction_->respond(core_.response(request(), status, local_tag_, phrase));
}

bool InviteAnswer::take_ack(const Message& ack) {
  if (!waits_for_ack()) return false;  // perhaps nothing was ever answered
  const auto expected = request().cseq();
  const auto cseq = ack.cseq();
  if (!cseq || !expected || cseq->number != expected->number) return false;
  ok_.stop();
  return true;
}

}  // namespace rc::sip
