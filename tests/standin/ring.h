// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "call.h"

namespace standin {

// Rings every registered instance of an extension: one leg each with the same offer. The first 200
// wins, the others get CANCEL, all get MESSAGE Cmd 7. Hears the P-rc commands of the clients.
class Ring : public LegOwner {
 public:
  struct Spec {
    std::string extension;
    std::string skip_instance;  // the caller's own device
    std::string from_user;
    std::string display_name;
    std::string sdp;
    bool auto_answer = false;  // as after Call Control "answer" or "call-out"
    SipSpec sip = {};
  };
  struct Listener {
    std::function<void(std::shared_ptr<Leg>, const std::string& sdp)> on_answered;  // ack() it
    // Nobody took it: 480, 486, 603...; forward_to is set when a client asked for that (Cmd 10).
    std::function<void(int status, const std::string& reason, const std::string& forward_to)>
        on_failed;
  };

  // call: whose ids are used and who gets the marks; owns the ring.
  Ring(Box& box, Call& call, Listener listener);

  // Listener's on_failed comes later, never from inside start().
  void start(const Spec& spec);
  // The caller gave up: CANCEL to all.
  void cancel();
  // MESSAGE Cmd 2 to the device that had the call.
  void send_freed();
  // Null before start(), and when nobody is registered.
  Leg* first_leg() { return legs_.empty() ? nullptr : legs_.front().get(); }

  void on_mark(Leg& leg, const std::string& event) override { call_.on_mark(leg, event); }
  void on_answered(Leg& leg, const std::string& sdp) override;
  void on_rejected(Leg& leg, int status) override;
  void on_agent(Leg& leg, int cmd, const std::string& xml) override;

 private:
  std::vector<SipHeader> invite_headers(const Spec& spec) const;
  void fail(int status, const std::string& reason, const std::string& forward_to = {});
  void cancel_others(const Leg* winner);
  void send_processed();
  void answer_reply(const Peer& peer);
  void send_agent(const Peer& peer, int cmd, const std::string& body);

  Box& box_;
  Call& call_;
  Listener listener_;
  std::string sid_;  // P-rc SID
  std::vector<std::shared_ptr<Leg>> legs_;
  std::shared_ptr<Leg> winner_;
  int best_status_ = 0;
  std::size_t rejected_ = 0;
  bool over_ = false;
};

}  // namespace standin
