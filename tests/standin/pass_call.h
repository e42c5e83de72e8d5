// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "call.h"
#include "ring.h"

namespace standin {

// A call between two clients with the SDP passed end to end: media flows directly. The caller's 200
// has to wait for the callee's SDP ("Vodafone mode" of the service).
class PassCall : public Call {
 public:
  PassCall(Box& box, std::shared_ptr<Leg> caller, const Account& from, const Account& to);

  // offer: the caller's SDP, empty for a late offer.
  void start(const std::string& offer);
  void hang_up() override;

  void on_cancelled(Leg& leg) override;
  void on_acked(Leg& leg, const std::string& sdp) override;
  void on_offer(Leg& leg, const std::string& sdp) override;
  void on_offer_answered(Leg& leg, int status, const std::string& sdp) override;
  void on_bye(Leg& leg) override;
  void on_info(Leg& leg, const std::string& body) override;
  void on_refer(Leg& leg, const std::string& target) override;

 private:
  void ring(const Account& to, const std::string& offer);
  void on_callee_answered(std::shared_ptr<Leg> leg, const std::string& sdp);
  void on_ring_failed(int status, const std::string& reason, const std::string& forward_to);
  // Runs task when the SDK has digested the 183.
  void after_progress(std::function<void()> task);
  Leg* other(const Leg& leg) const;
  void end_legs(const std::string& reason);

  std::shared_ptr<Leg> caller_;
  std::shared_ptr<Leg> callee_;
  std::unique_ptr<Ring> ring_;
  std::vector<std::unique_ptr<Ring>> old_rings_;  // forwarded on; their late answers come still
  Account from_;
  Account to_;
  std::string offer_;
  gint64 progress_us_ = 0;
};

}  // namespace standin
