// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_answer.h"

#include <utility>

namespace rc::sip {

void InviteAnswer::begin(std::shared_ptr<ServerTransaction> transaction) {
  repeater_.stop();
  transaction_ = std::move(transaction);
  late_offer_ = invite().sdp().empty();
  transaction_->respond(core_.response(invite(), 100, {}));
}

void InviteAnswer::ring() {
  if (open()) transaction_->respond(core_.response(invite(), 180, local_tag_));
}

void InviteAnswer::accept(std::string sdp, const std::function<void(Message&)>& finish,
                          std::function<void()> on_no_ack) {
  Message response = core_.response(invite(), 200, local_tag_);
  response.set_body("application/sdp", std::move(sdp));
  finish(response);
  transaction_->respond(response);
  repeater_.start([this, response] { core_.send_message(response); }, std::move(on_no_ack));
}

void InviteAnswer::refuse(int status, std::string_view phrase) {
  transaction_->respond(core_.response(invite(), status, local_tag_, phrase));
}

bool InviteAnswer::take_ack(const Message& ack) {
  if (!waits_for_ack()) return false;  // perhaps nothing was ever answered
  const auto expected = invite().cseq();
  const auto cseq = ack.cseq();
  if (!cseq || !expected || cseq->number != expected->number) return false;
  repeater_.stop();
  return true;
}

}  // namespace rc::sip
