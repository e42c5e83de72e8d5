// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "anchor_spec.h"
#include "call.h"
#include "ring.h"

namespace standin {

// A call between a client and the stand-in's own voice: the client's leg ends in a MediaLeg, as
// every leg does on the real service. What both directions share.
class AnchorCall : public Call {
 public:
  AnchorCall(Box& box, std::string direction, std::string from, std::string to, MediaSpec spec);

  bool finished() const override { return state() == CallState::kEnded && media_ == nullptr; }
  bool change_media(const Json& action) override;
  bool reinvite(const Json& how) override;
  void abandon() override;
  Leg* leg() override { return leg_.get(); }

  void on_offer(Leg& leg, const std::string& sdp) override;
  void on_offer_answered(Leg& leg, int status, const std::string& sdp) override;
  void on_acked(Leg& leg, const std::string& sdp) override;
  void on_bye(Leg& leg) override;
  void on_info(Leg& leg, const std::string& body) override;
  void on_refer(Leg& leg, const std::string& target) override;

 protected:
  void write_media(JsonOut& out) const override;
  MediaLeg& media() { return *media_; }
  const MediaSpec& spec() const { return spec_; }
  void make_media();
  // The client's leg is up; ends by itself after hangup_after if that is above 0.
  void connected(std::chrono::milliseconds hangup_after);
  void apply_answer(const std::string& sdp);
  void expect_answer_in_ack() { answer_in_ack_ = true; }
  // Runs task with the SDP unless the call is over; a failure is noted and given to failed.
  MediaLeg::SdpCallback with_sdp(std::function<void(const std::string&)> task,
                                 std::function<void()> failed = {});
  // BYE to the client if there is one to be said, and the end of the media.
  void end(const std::string& reason);
  virtual void on_ended() {}
  std::function<void()> while_alive(std::function<void()> task);

  std::shared_ptr<Leg> leg_;

 private:
  void close_media();
  void move_voice(const Account& to);
  void send_offer(const std::string& kind, const std::string& method);

  MediaSpec spec_;
  std::unique_ptr<MediaLeg> media_;
  std::unique_ptr<MediaLeg> old_media_;  // until a new one has taken over
  MediaLegStats last_stats_;
  std::string media_error_;
  int generation_ = 0;
  bool answer_in_ack_ = false;  // of the client, to an offer of ours in a 200
  bool answer_late_ = false;    // of ours, to an offer of the client in its 200
  bool closing_media_ = false;
};

// The stand-in calls an extension.
class ScriptedCaller : public AnchorCall {
 public:
  struct Options {
    std::string from = "+12025550166";
    std::string name = "WIRELESS CALLER";
    bool auto_answer = false;
    std::chrono::milliseconds hangup_after{0};
    SipSpec sip = {};
  };
  ScriptedCaller(Box& box, const Account& to, Options options, MediaSpec spec);

  void start();
  void hang_up() override;
  void abandon() override;
  Leg* leg() override;

 private:
  void on_ended() override;
  void ring(const std::string& sdp);
  void on_answer(std::shared_ptr<Leg> leg, const std::string& sdp);
  int client_party() const override { return 2; }

  Options options_;
  std::string to_;
  std::unique_ptr<Ring> ring_;
};

// What the stand-in does when this number is dialled.
struct NumberSpec {
  enum class Behaviour { kAnswer, kBusy, kReject, kNotFound, kRing, kError, kBadSdp, kStatus };
  Behaviour behaviour = Behaviour::kAnswer;
  MediaSpec media;
  std::chrono::milliseconds hangup_after{0};
  SipSpec sip = {};
  int status = 0;  // of kStatus
};
std::optional<NumberSpec::Behaviour> parse_behaviour(const std::string& name);

// A client calls a number of the stand-in.
class ScriptedCallee : public AnchorCall {
 public:
  ScriptedCallee(Box& box, std::shared_ptr<Leg> leg, const std::string& number,
                 NumberSpec number_spec);

  void start(const std::string& offer);
  void hang_up() override;

  bool on_cancel(Leg& leg) override;
  void on_cancelled(Leg& leg) override;

 private:
  // The further dialogs of a forked INVITE: they are noted and nothing else.
  class ForkOwner : public LegOwner {
   public:
    explicit ForkOwner(ScriptedCallee& call) : call_(call) {}
    void on_mark(Leg&, const std::string& event) override { call_.note("fork_" + event); }

   private:
    ScriptedCallee& call_;
  };

  void ring_forks();
  void answer_forks(const std::string& sdp);
  void answer(const std::string& offer);
  void accept_later(const std::string& sdp);
  void refuse(int status);

  NumberSpec number_;
  ForkOwner fork_owner_{*this};
  std::vector<std::shared_ptr<Leg>> forks_;
  std::string sdp_;  // of the 200, once it is known
};

}  // namespace standin
