// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "sip/retransmit.h"
#include "sip/transaction.h"
#include "sip/user_agent_core.h"

namespace rc::sip {

// Our side of one INVITE, re-INVITE or UPDATE with an offer of theirs at a time: ringing, a 2xx (to
// an INVITE repeated until its ACK), or a refusal. Part of a session. Thread: signalling.
class InviteAnswer {
 public:
  InviteAnswer(UserAgentCore& core, std::string local_tag)
      : core_(core),
        local_tag_(std::move(local_tag)),
        ok_(core.clock(), kT2),
        ringing_(core.clock(), kTransactionLimit) {}

  void begin(std::shared_ptr<ServerTransaction> transaction);
  // A final response is due.
  bool open() const { return transaction_ != nullptr && !transaction_->answered(); }
  bool waits_for_ack() const { return ok_.running(); }
  // Our 2xx held an offer whose answer is to come in the ACK: no new offer may come before it.
  bool waits_for_answer() const { return waits_for_ack() && late_offer_; }
  // The transaction under way is this one.
  bool is(const ServerTransaction& transaction) const { return transaction_.get() == &transaction; }
  const Message& request() const { return transaction_->request(); }

  // 180; repeated until its PRACK if they require that (RFC 3262). on_no_prack: none came.
  void ring(std::function<void()> on_no_prack);
  // False: it is not for a response of ours, or not the first for it.
  bool take_prack(const Message& prack);
  // 200; `finish` may add headers to it.
  void accept(std::string sdp, const std::function<void(Message&)>& finish,
              std::function<void()> on_no_ack);
  // `phrase` empty: the usual one.
  void refuse(int status, std::string_view phrase = {});
  // False: not the ACK that is waited for (a repeat of an earlier one).
  bool take_ack(const Message& ack);
  void stop();

 private:
  bool is_invite() const { return request().method() == "INVITE"; }
  void ring_reliably(Message ringing, std::function<void()> on_no_prack);

  UserAgentCore& core_;
  const std::string local_tag_;
  std::shared_ptr<ServerTransaction> transaction_;
  Repeater ok_, ringing_;
  bool late_offer_ = false;
  std::optional<uint32_t> rseq_;  // of our 180
  bool prack_due_ = false;
};

}  // namespace rc::sip
