// SPDX-License-Identifier: LGPL-2.1-or-later
#include <utility>

#include "sip/transaction.h"

namespace rc::sip {

ServerTransaction::ServerTransaction(Clock& clock, MessageSender& sender, Message request)
    : clock_(clock), sender_(sender), request_(std::move(request)) {}

void ServerTransaction::respond(Message response) {
  if (state_ == State::kTerminated || state_ == State::kCompleted) return;
  const bool success = response.is_success();
  if (state_ == State::kAccepted && !success) return;
  sender_.send_message(response);
  if (response.is_provisional()) {
    state_ = State::kProceeding;
    last_ = std::make_unique<Message>(std::move(response));
    return;
  }
  // Timer J is zero: nothing repeats a request on a reliable transport.
  if (!is_invite()) {
    state_ = State::kTerminated;
    return;
  }
  if (state_ == State::kAccepted) return;  // the session repeats its 2xx, see retransmit.h
  state_ = success ? State::kAccepted : State::kCompleted;
  last_ = std::make_unique<Message>(std::move(response));
  timer_ = clock_.after(kTransactionLimit, [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->state_ = State::kTerminated;
  });
}

bool ServerTransaction::receive(const Message& request) {
  if (request.method() == "ACK") {
    if (state_ == State::kAccepted) return false;
    if (state_ == State::kCompleted) {
      state_ = State::kTerminated;  // timer I is zero
      timer_.cancel();
    }
    return true;
  }
  repeat_last();
  return true;
}

void ServerTransaction::repeat_last() {
  // In kAccepted the repeat is only absorbed: the session repeats its 2xx by its own timer.
  if (last_ && (state_ == State::kProceeding || state_ == State::kCompleted)) {
    sender_.send_message(*last_);
  }
}

}  // namespace rc::sip
