// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

#include "core/result.h"
#include "sip/transaction.h"

namespace rc::sip {

class UserAgentCore;

// One request of ours up to its final response; when challenged with 401 or 407 it is sent again
// with credentials, and once after a 422 with a longer session interval (RFC 4028 7.3): new branch,
// CSeq + 1, same Call-ID and tags.
// Credentials go out only when asked for, as RingCentral's SDK does: its nonces serve once.
//
// Kept alive by its transaction, not by who sent it. Thread: signalling.
class AuthenticatedRequest : public std::enable_shared_from_this<AuthenticatedRequest> {
 public:
  // As ClientTransaction::Handler, without challenges that are answered. Error kAuth: a challenge
  // that cannot be answered, or credentials refused; kProtocol: one of another realm. Never called
  // before send() has returned.
  using Handler = ClientTransaction::Handler;
  using NextCseq = std::function<uint32_t()>;  // of the dialog

  // Without next_cseq: the user agent's count for requests outside dialogs, or its own if higher.
  static std::shared_ptr<AuthenticatedRequest> send(std::shared_ptr<UserAgentCore> core,
                                                    Message request, Handler handler,
                                                    NextCseq next_cseq = nullptr);

  const Message& request() const { return request_; }  // as it was sent last
  bool proceeding() const { return proceeding_; }      // a provisional response to it has come
  void stop_retrying() { retry_ = false; }             // a challenge is passed on as it is
  void give_up();  // as ClientTransaction::give_up(); a challenge is passed on, too
  void abandon();  // the handler is not called any more

 private:
  AuthenticatedRequest(std::shared_ptr<UserAgentCore> core, Message request, Handler handler,
                       NextCseq next_cseq);
  void transmit();
  void on_outcome(const Result<Message>& outcome);
  Result<void> take_challenge(const Message& response);
  bool take_minimum(const Message& response);
  void send_again();
  uint32_t next_number();
  void tell(const Result<Message>& outcome);

  const std::shared_ptr<UserAgentCore> core_;
  Message request_;
  Handler handler_;
  const NextCseq next_cseq_;
  std::weak_ptr<ClientTransaction> transaction_;
  int retries_ = 0;
  bool retry_ = true;
  bool proceeding_ = false;
  bool lengthened_ = false;                    // after a 422
  bool by_server_ = false, by_proxy_ = false;  // who challenged it
};

// What a ResponseCallback gets for the last response to a request.
Result<Message> outcome_of(const Result<Message>& last);

}  // namespace rc::sip
