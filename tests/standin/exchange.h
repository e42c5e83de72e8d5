// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "anchor.h"
#include "call.h"

namespace standin {

// Takes every SIP message but REGISTER: authenticates calls, finds the leg a message belongs to by
// its Call-ID, and makes new calls by the dialled number.
class Exchange {
 public:
  explicit Exchange(Box& box) : box_(box) {}

  void receive(Flow& flow, const SipMessage& message);

  // sid: the P-rc SID of the INVITE, by which MESSAGE commands find their leg, too.
  void add_leg(const std::shared_ptr<Leg>& leg, const std::string& sid = {});
  void add_call(const std::shared_ptr<Call>& call);
  void hang_up_all();
  // The call that one of its clients knows by this Call-ID.
  void hang_up_dialog(const std::string& call_id);
  bool all_finished() const;
  // Nobody knows of any call any more, as after a crash.
  void abandon_all();
  void clear();  // calls and legs; their media is cut off if it is not finished
  Call* find_call(const std::string& id) const;
  // The number as dialled, with or without plus.
  void set_number(const std::string& number, NumberSpec spec);
  const std::vector<std::shared_ptr<Call>>& calls() const { return calls_; }

 private:
  void receive_invite(Flow& flow, const SipMessage& request);
  bool authorise(const Flow& flow, const SipMessage& request, const std::string& device_id);
  void connect(Flow& flow, const SipMessage& request);
  void connect_number(const std::shared_ptr<Leg>& leg, const SipMessage& request);
  void receive_agent(const Flow& flow, const SipMessage& request);
  void receive_outside_dialog(const Flow& flow, const SipMessage& request);
  void respond(const Flow& flow, const SipMessage& request, int status,
               const std::vector<SipHeader>& extra = {});
  std::shared_ptr<Leg> leg_of(const SipMessage& message) const;
  std::shared_ptr<Leg> leg_of_agent(const SipMessage& request) const;

  Box& box_;
  std::multimap<std::string, std::shared_ptr<Leg>> legs_;          // by Call-ID
  std::map<std::string, std::vector<std::weak_ptr<Leg>>> by_sid_;  // by P-rc SID
  std::vector<std::shared_ptr<Call>> calls_;
  std::map<std::string, NumberSpec> numbers_;
};

}  // namespace standin
