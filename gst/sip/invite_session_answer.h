// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "sip/retransmit.h"
#include "sip/transaction.h"
#include "sip/user_agent_core.h"

namespace rc::sip {

// The callee's side of one INVITE or re-INVITE at a time: ringing, a 2xx repeated until its ACK, or
// a refusal. Part of a session. Thread: signalling.
class InviteAnswer {
 public:
  InviteAnswer(UserAgentCore& core, std::string local_tag)
      : core_(core), local_tag_(std::move(local_tag)), repeater_(core.clock()) {}

  void begin(std::shared_ptr<ServerTransaction> transaction);
  // A final response is due.
  bool open() const { return transaction_ != nullptr && !transaction_->answered(); }
  bool waits_for_ack() const { return repeater_.running(); }
  // Our 2xx held an offer whose answer is to come in the ACK: no new offer may come before it.
  bool waits_for_answer() const { return waits_for_ack() && late_offer_; }
  // The transaction under way is this one.
  bool is(const ServerTransaction& transaction) const { return transaction_.get() == &transaction; }
  const Message& invite() const { return transaction_->request(); }

  void ring();
  // 200; `finish` may add headers to it.
  void accept(std::string sdp, const std::function<void(Message&)>& finish,
              std::function<void()> on_no_ack);
  // `phrase` empty: the usual one.
  void refuse(int status, std::string_view phrase = {});
  // False: not the ACK that is waited for (a repeat of an earlier one).
  bool take_ack(const Message& ack);
  void stop() { repeater_.stop(); }

 private:
  UserAgentCore& core_;
  const std::string local_tag_;
  std::shared_ptr<ServerTransaction> transaction_;
  OkRepeater repeater_;
  bool late_offer_ = false;
};

}  // namespace rc::sip
