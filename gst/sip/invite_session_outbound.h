// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sip/invite_session_base.h"
#include "sip/invite_session_progress.h"

namespace rc::sip {

// A call of ours: INVITE with credentials, forks, CANCEL and its race with the answer.
class OutboundSession : public SessionBase {
 public:
  OutboundSession(std::shared_ptr<UserAgentCore> core, Owner* owner, Message invite);

  void start();  // sends the INVITE
  // Nothing is sent; on_ended(kFailure) follows from a timer.
  void fail(std::string text);

  bool outbound() const override { return true; }
  std::string remote_uri() const override { return invite_.request_uri(); }
  const Message& invite() const override { return invite_; }
  void ring() override {}
  void ack(std::string sdp) override;

 protected:
  void end_early(const std::string& reason_header) override;
  void on_finish() override;
  void on_cancelled(const Message&) override {}

 private:
  void on_outcome(const Result<Message>& outcome);
  void on_provisional(const Message& response);
  bool take_reliable(const Message& response);
  void send_prack(const Message& response);
  void on_success(const Message& response);
  void on_first_success(const Message& response);
  void take_dialog(const Message& response);
  void on_refused(const Message& response);
  void end_fork(const Message& response);
  void send_cancel();

  Message invite_;
  std::weak_ptr<AuthenticatedRequest> request_;
  ReliableProgress progress_;
  bool answered_ = false;
  bool cancel_wanted_ = false;
  std::string cancel_reason_;
  std::map<std::string, Message> fork_acks_;  // by To tag, of the forks that were hung up
};

}  // namespace rc::sip
