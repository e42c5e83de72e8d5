// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "call/call_info.h"
#include "call/call_stats.h"
#include "call/media_session.h"
#include "core/clock.h"
#include "sip/invite_session.h"

namespace rc::call {

// One call: its SIP session, its media and its state. Owned by Line. Thread: signalling.
// It ends exactly once; from then on it does nothing, and its SIP session says goodbye by itself.
class Call : public std::enable_shared_from_this<Call>,
             private sip::InviteSession::Listener,
             private MediaSession::Listener {
 public:
  struct Listener {
    virtual ~Listener() = default;
    // Every change of info(), never from inside a method of the Call but hang_up() and decline().
    virtual void on_call_changed(Call& call) = 0;
  };
  // Sends the first INVITE with our SDP, giving the session: the Line knows the user agent.
  using Invite = std::function<std::shared_ptr<sip::InviteSession>(std::string sdp,
                                                                   sip::InviteSession::Listener*)>;

  Call(Clock& clock, CallInfo info, MediaFactory media, Listener* listener);
  ~Call() override;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // Inbound: takes the session and rings.
  void ring(std::shared_ptr<sip::InviteSession> session);
  // Inbound: makes media and says 200. Does nothing when answered already.
  void answer(MediaOptions options);
  // Inbound, not answered: final `status` to the caller.
  void decline(int status, const std::string& reason);
  // Inbound, not answered: the server was asked to take the call back. When it does, we ended it.
  void expect_withdrawal() { declining_ = true; }
  bool declining() const { return declining_; }
  // Outbound: makes media and an offer, then invites.
  void dial(MediaOptions options, Invite invite);
  // The line has a new socket: one re-INVITE with our last SDP, or the server would not find us for
  // its BYE (softphone-ts #61-#78). Only an answered call needs it; its media is not touched.
  void repair();
  // Ends it whatever its state is; `reason` as info().reason.
  void hang_up(const std::string& reason);

  const CallInfo& info() const { return info_; }
  bool answering() const { return media_ != nullptr; }
  bool was_answered() const { return times_.answered.has_value(); }
  bool ended() const { return info_.state == CallState::kEnded; }
  CallStats stats() const;  // now, or as they were at its end
  // null before answer() and dial(), and once ended.
  MediaSession* media() const { return media_.get(); }
  // They apply from the first block on, also before there is media.
  void set_receiver(std::shared_ptr<AudioReceiver> receiver);
  void set_source(std::shared_ptr<AudioSource> source);

 private:
  void on_progress(const sip::Message& response) override;
  void on_answered(const sip::Message& response) override;
  void on_ack(const sip::Message& ack) override;
  void on_reoffer(const sip::Message& invite) override;
  void on_refresh_due() override;
  void on_ended(const sip::EndReason& reason) override;
  void on_media_connected() override;
  void on_media_failed(const Error& error) override;
  void on_media_first_audio() override;
  void on_media_flow(MediaFlow flow, std::chrono::nanoseconds gap) override;

  void make_media(MediaOptions options);
  void accept_with(Result<std::string> sdp);
  void invite_with(Result<std::string> sdp, const Invite& invite);
  void apply_answer(const std::string& sdp);
  void offer_again(const char* why);
  void on_offered_again(const std::string& why, const Result<sip::Message>& answer);
  void set_state(CallState state);
  CallStats count() const;
  Heard heard() const;
  Clock::Duration since_invite() const { return clock_.now() - times_.invited; }
  void fail(int status, const std::string& reason);
  void finish(EndedBy who, int status, const std::string& reason);
  // Wraps a callback of the media: not run when this call has ended meanwhile.
  MediaSession::SdpCallback while_alive(std::function<void(Result<std::string>)> run);

  Clock& clock_;
  CallInfo info_;
  MediaFactory make_media_session_;
  Listener* listener_;
  std::shared_ptr<sip::InviteSession> session_;
  std::unique_ptr<MediaSession> media_;
  std::unique_ptr<MediaSession> closed_media_;  // a session is not destroyed inside its callback
  std::shared_ptr<AudioReceiver> receiver_;
  std::shared_ptr<AudioSource> source_;
  struct {
    Clock::Duration invited{};
    std::optional<Clock::Duration> answered;
    std::chrono::microseconds connected{};  // since invited; 0 = not yet
  } times_;
  std::optional<Heard> heard_before_;  // by the receiver, when the first audio of this call came
  CallStats last_stats_;               // when ended
  bool waits_for_sdp_in_ack_ = false;
  bool declining_ = false;
};

}  // namespace rc::call
