// SPDX-License-Identifier: LGPL-2.1-or-later
#include <utility>

#include "sip/transaction.h"

namespace rc::sip {

ClientTransaction::ClientTransaction(Clock& clock, MessageSender& sender, Message request,
                                     Handler handler)
    : clock_(clock), sender_(sender), request_(std::move(request)), handler_(std::move(handler)) {}

void ClientTransaction::start() {
  arm_limit();
  sender_.send_message(request_);
}

void ClientTransaction::give_up() {
  given_up_ = true;
  if (state_ == State::kProceeding) arm_limit();
}

void ClientTransaction::arm_limit() {
  timer_ = clock_.after(kTransactionLimit, [weak = weak_from_this()] {
    auto self = weak.lock();
    if (!self) return;
    self->finish(Error{Errc::kTimeout, "no answer to " + self->request_.method() + " in 32 s"});
  });
}

void ClientTransaction::receive(const Message& response) {
  const auto keep = shared_from_this();  // the handler may drop all other references
  if (state_ == State::kTerminated) return;
  if (response.is_final()) return receive_final(response);
  if (state_ == State::kAccepted) return;
  state_ = State::kProceeding;
  // A callee may ring for long: timer B is for the first response only (17.1.1.2).
  if (is_invite() && !given_up_) timer_.cancel();
  if (const Handler handler = handler_) handler(response);
}

void ClientTransaction::receive_final(const Message& response) {
  if (!is_invite()) return finish(response);
  if (!response.is_success()) {
    if (state_ == State::kAccepted) return;  // a fork that lost the race
    send_ack(response);
    return finish(response);
  }
  if (state_ != State::kAccepted) {
    state_ = State::kAccepted;
    timer_ = clock_.after(kTransactionLimit, [weak = weak_from_this()] {
      if (auto self = weak.lock()) self->terminate();
    });
  }
  if (const Handler handler = handler_) handler(response);
}

void ClientTransaction::transport_lost(const Error& reason) {
  if (state_ != State::kTrying && state_ != State::kProceeding) return;
  timer_ = clock_.after(Clock::Duration::zero(), [weak = weak_from_this(), reason] {
    if (auto self = weak.lock()) self->finish(Error{Errc::kNetwork, reason.message});
  });
}

void ClientTransaction::terminate() {
  state_ = State::kTerminated;
  timer_.cancel();
  handler_ = nullptr;
}

void ClientTransaction::finish(const Result<Message>& outcome) {
  const Handler handler = std::move(handler_);
  terminate();
  if (handler) handler(outcome);
}

// Hop by hop: the INVITE's own Via, Request-URI and Route, the To of the response (17.1.1.3).
void ClientTransaction::send_ack(const Message& response) {
  const auto cseq = request_.cseq();
  const auto via = request_.header("Via");
  if (!cseq || !via) return;
  Message ack = Message::request("ACK", Uri{});
  ack.set_request_uri(request_.request_uri());
  ack.add("Via", *via);
  for (const auto& route : request_.headers("Route")) ack.add("Route", route);
  ack.add("From", request_.header("From").value_or(""));
  ack.add("To", response.header("To").value_or(""));
  ack.add("Call-ID", request_.call_id());
  ack.set_cseq({cseq->number, "ACK"});
  ack.add("Max-Forwards", "70");
  sender_.send_message(ack);
}

}  // namespace rc::sip
