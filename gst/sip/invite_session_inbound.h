// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "sip/invite_session_base.h"

namespace rc::sip {

// A call that came: 100 at once, then ringing until it is accepted, rejected or cancelled.
class InboundSession : public SessionBase {
 public:
  InboundSession(std::shared_ptr<UserAgentCore> core, Owner* owner,
                 const std::shared_ptr<ServerTransaction>& transaction);

  void start();  // arms the ring limit

  bool outbound() const override { return false; }
  std::string remote_uri() const override;
  const Message& invite() const override { return invite_; }
  void ring() override;
  void ack(std::string) override {}

 protected:
  void end_early(const std::string& reason_header) override;
  void on_cancelled(const Message& cancel) override;

 private:
  const Message invite_;
};

}  // namespace rc::sip
