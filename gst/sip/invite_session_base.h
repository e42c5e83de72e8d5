// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "sip/challenge.h"
#include "sip/dialog.h"
#include "sip/invite_session.h"
#include "sip/invite_session_answer.h"
#include "sip/invite_session_timer.h"
#include "sip/user_agent_core.h"

namespace rc::sip {

// A re-INVITE of ours, until its callback.
struct PendingReinvite {
  std::string sdp;
  ResponseCallback done;
  int attempts = 0;
  uint64_t serial = 0;  // of the INVITE sent last: responses to others are not for this one
  Timer timer;          // wait after a 491, or limit
  std::weak_ptr<AuthenticatedRequest> request;
};

// What callers and callees have in common: the dialog, requests in it both ways, and the end.
// Owned by the UserAgent's table until over. Thread: signalling.
class SessionBase : public InviteSession, public std::enable_shared_from_this<SessionBase> {
 public:
  // The user agent, told when the session leaves its table.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void on_session_over(SessionBase& session) = 0;
  };

  void set_listener(Listener* listener) override { listener_ = listener; }
  bool has_listener() const { return listener_ != nullptr; }
  bool ringing() const { return !outbound() && phase_ == Phase::kEarly; }
  bool established() const override { return phase_ == Phase::kEstablished; }
  const std::string& call_id() const override { return call_id_; }
  std::string local_tag() const override { return local_tag_; }
  std::string remote_tag() const override { return dialog_ ? dialog_->remote_tag() : ""; }
  void accept(std::string sdp) override;
  void reject(int status, std::string phrase) override;
  void reinvite(std::string sdp, ResponseCallback done) override;
  void request(Request request, ResponseCallback done) override;
  void end(std::string reason) override;

  // From the user agent, for requests that have this session's Call-ID and local tag.
  bool is_from_peer(const Message& request) const;
  void receive(const std::shared_ptr<ServerTransaction>& transaction);
  void receive_ack(const Message& ack);
  // The INVITE of that transaction is withdrawn; the CANCEL has been answered.
  void receive_cancel(const Message& cancel, const ServerTransaction& invite);
  // The user agent goes away: nothing more is sent or called.
  void drop();

 protected:
  enum class Phase {
    kEarly,        // not answered
    kEstablished,  // 2xx sent or received
    kEnding,       // hung up by us or for us; on_ended will follow by itself
    kEnded,
  };

  SessionBase(std::shared_ptr<UserAgentCore> core, Owner* owner, std::string call_id,
              std::string local_tag);

  // Hangs up; `why` is what on_ended will say when the peer has answered or the limit is over.
  void begin_end(EndReason why, const std::string& reason_header);
  // Part of begin_end() when there is no established dialog yet.
  virtual void end_early(const std::string& reason_header) = 0;
  // Ends now: settles what is pending and tells the listener. Never from a method of the API.
  void finish(const EndReason& why);
  virtual void on_finish() {}
  virtual void on_cancelled(const Message& cancel) = 0;  // the first INVITE
  void bye(const std::string& reason_header);
  void arm_ring_limit(std::chrono::seconds limit);
  void stop_ring_limit() { limit_.cancel(); }

  AuthenticatedRequest::NextCseq next_cseq();  // of the dialog
  // The ACK to a 2xx of ours: end to end, with the INVITE's credentials; kept for repeats.
  void acknowledge(const Message& invite, const std::string& sdp);
  static Message make_ack(const Dialog& dialog, const Message& invite);
  // True: this 2xx has been acknowledged, and is once more.
  bool repeat_ack(const Message& response);
  // What they can do, as their latest message with an Allow says.
  void note_allow(const Message& message);
  std::shared_ptr<SessionBase> self() { return shared_from_this(); }

  const std::shared_ptr<UserAgentCore> core_;
  Listener* listener_ = nullptr;
  std::optional<Dialog> dialog_;
  InviteAnswer answer_;
  SessionTimer session_timer_;
  Phase phase_ = Phase::kEarly;
  EndReason why_;          // while kEnding
  bool owes_ack_ = false;  // their 2xx has an offer that is not answered yet

 private:
  bool over() const { return phase_ == Phase::kEnding || phase_ == Phase::kEnded; }
  bool offer_under_way() const;
  void on_no_ack();
  void send_bye(Message bye);
  void settle(uint64_t id, const Result<Message>& last);

  void receive_offer(const std::shared_ptr<ServerTransaction>& transaction);
  int refusal_of_offer(const Message& request) const;
  void receive_bye(ServerTransaction& transaction);
  void receive_update(const std::shared_ptr<ServerTransaction>& transaction);
  void receive_info(ServerTransaction& transaction);
  void receive_other(ServerTransaction& transaction);
  void refresh();
  void on_refreshed(const Result<Message>& last);
  void respond(ServerTransaction& transaction, int status);

  void send_reinvite();
  void on_reinvite_response(uint64_t serial, const Result<Message>& last);
  void on_reinvite_answered(bool current, const Message& response);
  void on_reinvite_failed(const Result<Message>& last);
  void end_dead(int status, const std::string& text);
  void retry_reinvite_later();
  void give_up_reinvite();
  void finish_reinvite(const Result<Message>& outcome);

  Owner* owner_;
  const std::string call_id_, local_tag_;
  std::unique_ptr<Message> ack_;
  std::map<uint64_t, ResponseCallback> pending_;
  uint64_t next_pending_ = 0;
  std::optional<PendingReinvite> reinvite_;
  uint64_t reinvite_serial_ = 0;
  std::string bye_reason_;
  bool bye_after_ack_ = false;
  Timer limit_;    // of ringing, then of the end
  Timer reoffer_;  // their offer waits for our answer
  bool takes_update_ = false;
  std::weak_ptr<AuthenticatedRequest> update_;  // our refresh, while it is under way
};

// "SIP;cause=200;text=\"Call completed elsewhere\"" in words; empty: no Reason header.
std::string reason_text(const Message& message);
// Whether such an outcome of a request in the dialog means that there is no peer any more (RFC 3261
// 12.2.1.2).
bool is_dead(const Result<Message>& last);
// The CANCEL of an INVITE that is under way (RFC 3261 9.1).
Message make_cancel(const Message& invite, const std::string& reason_header);

}  // namespace rc::sip
