// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/challenge.h"

#include <algorithm>
#include <utility>

#include "core/text.h"
#include "sip/invite_session_timer.h"
#include "sip/user_agent_core.h"

namespace rc::sip {
namespace {

// A first challenge, a stale nonce, and one more from another proxy; more is a server gone mad.
constexpr int kMaxRetries = 3;

bool is_challenge(const Message& response) {
  return response.status() == 401 || response.status() == 407;
}

}  // namespace

AuthenticatedRequest::AuthenticatedRequest(std::shared_ptr<UserAgentCore> core, Message request,
                                           Handler handler, NextCseq next_cseq)
    : core_(std::move(core)),
      request_(std::move(request)),
      handler_(std::move(handler)),
      next_cseq_(std::move(next_cseq)) {}

std::shared_ptr<AuthenticatedRequest> AuthenticatedRequest::send(
    std::shared_ptr<UserAgentCore> core, Message request, Handler handler, NextCseq next_cseq) {
  std::shared_ptr<AuthenticatedRequest> self(
      new AuthenticatedRequest(core, std::move(request), std::move(handler), std::move(next_cseq)));
  core->stamp(self->request_);
  if (core->attached()) {
    self->transmit();
  } else {
    core->defer([self] { self->on_outcome(Error{Errc::kNetwork, "not connected"}); });
  }
  return self;
}

void AuthenticatedRequest::transmit() {
  transaction_ = core_->transactions().send(
      request_,
      [self = shared_from_this()](const Result<Message>& outcome) { self->on_outcome(outcome); });
}

void AuthenticatedRequest::on_outcome(const Result<Message>& outcome) {
  proceeding_ = outcome.ok() && outcome.value().is_provisional();
  if (!retry_ || !outcome.ok()) return tell(outcome);
  if (take_minimum(outcome.value())) return send_again();
  if (!is_challenge(outcome.value())) return tell(outcome);
  const auto taken = take_challenge(outcome.value());
  if (!taken.ok()) return tell(taken.error());
  ++retries_;
  send_again();
}

bool AuthenticatedRequest::take_minimum(const Message& response) {
  if (response.status() != 422 || lengthened_) return false;
  lengthened_ = true;
  // It may be challenged like the first: RingCentral's nonces serve once.
  retries_ = 0;
  by_server_ = by_proxy_ = false;
  return SessionTimer::lengthen(request_, response);
}

Result<void> AuthenticatedRequest::take_challenge(const Message& response) {
  if (retries_ >= kMaxRetries)
    return Error{Errc::kAuth, "the server asks for credentials for ever"};
  by_server_ = by_server_ || response.has("WWW-Authenticate");
  by_proxy_ = by_proxy_ || response.has("Proxy-Authenticate");
  return core_->digest().take_challenge(request_, response, retries_);
}

void AuthenticatedRequest::send_again() {
  request_.set_cseq({next_number(), request_.method()});
  core_->stamp(request_);
  core_->digest().authorize(request_);
  // Not what others were asked for: a REGISTER's old nonce in an INVITE could be refused.
  if (!by_server_) request_.remove("Authorization");
  if (!by_proxy_) request_.remove("Proxy-Authorization");
  transmit();
}

uint32_t AuthenticatedRequest::next_number() {
  if (next_cseq_) return next_cseq_();
  // A BYE of a dialog that is over counts on from its own number.
  const auto cseq = request_.cseq();
  return std::max(core_->next_cseq(), cseq ? cseq->number + 1 : 0);
}

void AuthenticatedRequest::tell(const Result<Message>& outcome) {
  if (const Handler handler = handler_) handler(outcome);
}

void AuthenticatedRequest::give_up() {
  stop_retrying();
  if (auto transaction = transaction_.lock()) transaction->give_up();
}

void AuthenticatedRequest::abandon() {
  handler_ = nullptr;
  if (auto transaction = transaction_.lock()) transaction->terminate();
}

Result<Message> outcome_of(const Result<Message>& last) {
  if (!last.ok() || last.value().is_success()) return last;
  const Message& response = last.value();
  return Error{Errc::kRejected,
               clean_text(std::to_string(response.status()) + " " + response.reason())};
}

}  // namespace rc::sip
