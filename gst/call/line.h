// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "call/agent_message.h"
#include "call/call.h"
#include "call/line_options.h"
#include "call/seats.h"
#include "call/stats_reports.h"
#include "sip/user_agent.h"

namespace rc::call {

// One registered device: owns its SIP user agent and its calls, decides who answers, and puts calls
// and seats together. Thread: signalling.
class Line : public sip::UserAgent::Listener, public Call::Listener {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_call(const CallInfo& call) = 0;  // every change of every call
    // Each stats_interval, and at the end of a call that was answered, before that is told.
    virtual void on_stats(const CallInfo&, const CallStats&) {}
    // Before the answer policy decides; true: the application takes the call.
    virtual bool on_call_received(const CallInfo& call) = 0;
    // A call that nobody has taken is to be answered, or was dialled, and there is no free seat for
    // it. True: one comes and claims it (SeatOptions::call); until then it rings or is not dialled.
    virtual bool on_seat_wanted(const CallInfo& call) = 0;
    virtual void on_provision_again() = 0;  // the server asks for it (check-sync)
  };
  struct Media {
    MediaFactory make;
    std::vector<std::string> stun_servers;
    std::string local_address;
  };
  using Done = std::function<void(Result<void>)>;

  Line(Clock& clock, LineOptions options, Listener* listener);
  ~Line() override;
  Line(const Line&) = delete;
  Line& operator=(const Line&) = delete;

  // Makes the user agent; calls of the agent before are dropped without a word.
  void use_account(sip::UserAgent::Options options, Media media);
  sip::UserAgent* user_agent() { return user_agent_.get(); }  // null before use_account()
  // Registered, over a socket that is new: seats that dial may, and answered calls are repaired.
  void set_ready(bool ready);

  void add_seat(SeatOptions options);
  void remove_seat(const std::string& id);           // hangs up its call
  void open_seat(const std::string& id, bool open);  // closed: keeps its call, takes no other
  void add_speaker(SpeakerOptions options);
  void remove_speaker(const std::string& id);
  // What was asked for cannot be had any more: seats that wait to dial are told.
  void refuse_dials(const Error& error);
  // Looks again for who has a seat for the calls that ring.
  void seat_ringing_calls();

  static std::string new_call_id();
  void dial(const std::string& id, const std::string& number, const std::string& seat, Done done);
  void answer(const std::string& id, Done done);
  void decline(const std::string& id, Done done);
  void hang_up(const std::string& id, Done done);
  void hang_up_all(const std::string& reason);
  size_t calls() const { return calls_.size(); }  // one that is told to have ended included
  // Calls `done` when every SIP session has said goodbye; owner limits the wait.
  size_t open_sessions() const { return user_agent_ ? user_agent_->sessions() : 0; }

 private:
  struct Entry {
    std::shared_ptr<Call> call;
    std::optional<AgentMessage> agent;
    bool taken = false;       // by the application: no automatic answer
    bool seat_comes = false;  // on_seat_wanted() said so
    std::string user;         // outbound: whom to invite
    Clock::Duration began{};  // inbound: it rings since then
    Timer answer_timer;
  };

  void on_invite(std::shared_ptr<sip::InviteSession> session) override;
  void on_message(const sip::Message& message) override;
  void on_check_sync() override;
  void on_call_changed(Call& call) override;

  CallInfo describe(const sip::InviteSession& session) const;
  void receive_call(std::shared_ptr<sip::InviteSession> session);
  void offer_to_seat(const std::string& id);
  void on_free_seat();
  std::vector<std::string> unseated_calls();
  bool take_seat(Call& call);
  Result<void> claim(const std::string& seat, const std::string& id);
  bool want_seat(const std::string& id);
  void decide(const std::string& id);
  void answer_automatically(const std::string& id);
  void answer_now(const std::string& id);
  void confirm_receipt(const AgentMessage& agent, const std::string& sip_call_id);
  void decline_by_agent(Entry& entry);
  void tell_agent(const AgentMessage& message, const std::string& sip_call_id);
  MediaFactory media_factory(const std::string& call);
  MediaOptions media_options(const std::string& call);
  void attach_audio(Call& call);
  void dial_for_seat(const std::string& seat);
  void invite(const std::string& id);
  CallInfo info_of(const Call& call);
  void report(const Call& call);
  void tell_seat(const CallInfo& info);
  void tell_speaker(const CallInfo& info);
  void forget(const std::string& id);
  Entry* find(const std::string& id, const Done& done);
  static Error no_such_call(const std::string& id);

  Clock& clock_;
  const LineOptions options_;
  Listener* listener_;
  Media media_;
  sip::Account account_;
  bool ready_ = false;
  Seats seats_;
  std::map<std::string, Entry> calls_;
  StatsReports reports_;
  std::unique_ptr<sip::UserAgent> user_agent_;
  Timer forget_timer_, free_seat_timer_;
  std::vector<std::shared_ptr<Call>> ended_;  // until their callbacks have returned
};

}  // namespace rc::call
