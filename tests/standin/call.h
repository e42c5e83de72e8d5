// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "json_text.h"
#include "leg.h"

namespace standin {

struct CallEvent {
  std::string name;
  gint64 us = 0;
};

enum class CallState { kRinging, kAnswered, kEnded };
const char* to_string(CallState state);

// The ids by which one call is known outside SIP. The SDK's regular expressions allow [0-9a-fz]
// only and want the session id last in the header.
struct CallIds {
  std::string session = "s-" + random_hex(16);
  std::string party(int number) const {
    return "p-" + session.substr(2) + "-" + std::to_string(number);
  }
  SipHeader header(int number) const {
    return {"p-rc-api-ids", "party-id=" + party(number) + ";session-id=" + session};
  }
};

// One call as the control API shows it. Lives as long as the stand-in; media ends with the call.
class Call : public LegOwner, public std::enable_shared_from_this<Call> {
 public:
  Call(Box& box, std::string direction, std::string from, std::string to);

  const std::string& id() const { return id_; }
  CallState state() const { return state_; }
  const CallIds& ids() const { return ids_; }
  std::string end_reason() const { return end_reason_; }
  const std::vector<CallEvent>& events() const { return events_; }
  bool has_dialog(const std::string& call_id) const;
  bool happened(const std::string& event) const;
  const std::string& direction() const { return direction_; }

  // The stand-in ends the call: CANCEL or BYE, whatever fits.
  virtual void hang_up() = 0;
  // As if that had been lost on the way: the client is not told.
  virtual void abandon() { hang_up(); }
  // The client's leg, for requests of the control API; null when there is none (yet).
  virtual Leg* leg() { return nullptr; }
  // Ended, and nothing of its media is left.
  virtual bool finished() const { return state_ == CallState::kEnded; }
  // Only calls with media of the stand-in can do these; false: not possible (now).
  virtual bool change_media(const Json& /*action*/) { return false; }
  virtual bool reinvite(const Json& /*how*/) { return false; }
  // {"id":...}, as GET /standin/calls/{id} gives it.
  void write(JsonOut& out) const;

  void on_mark(Leg& leg, const std::string& event) override;

 protected:
  void note(const std::string& event);
  void set_answered();
  // Only the first reason counts.
  void set_ended(const std::string& reason);
  virtual void write_media(JsonOut&) const {}
  virtual int client_party() const { return 1; }

  Box& box_;

 private:
  std::string id_;
  std::string direction_;  // inbound, outbound (of the client), internal (client to client)
  std::string from_;
  std::string to_;
  CallIds ids_;
  CallState state_ = CallState::kRinging;
  std::string end_reason_;
  std::vector<std::string> call_ids_;
  std::vector<CallEvent> events_;
};

}  // namespace standin
