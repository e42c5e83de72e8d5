// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"
#include "sip/message.h"

namespace rc::sip {

// Further header lines of a request, name and value; control characters in values become spaces.
using ExtraHeaders = std::vector<std::pair<std::string, std::string>>;

// Outcome of a request: a 2xx response, or why there is none. kRejected: another final response
// (the message is "486 Busy Here"); kAuth: credentials refused; kTimeout: no final response in
// 32 s; kNetwork: no socket, or it died; kClosed: the session ended meanwhile.
// Called exactly once, on the signalling thread, never from inside the call that was made.
using ResponseCallback = std::function<void(Result<Message>)>;

// Why an INVITE session is over.
struct EndReason {
  enum class Who {
    kLocal,    // we hung up, cancelled or rejected
    kRemote,   // they hung up, cancelled or rejected
    kFailure,  // nobody wanted it: no answer in time, no network, broken peer
  };
  Who who = Who::kFailure;
  // Final status of the first INVITE, also when we gave it; 487 cancelled; 408 no answer in time;
  // 503 no network; 200 for a call that was answered and then ended.
  int status = 0;
  std::string text;  // reason phrase or Reason header's text, fit to be shown
  // Reason header of their BYE, CANCEL or response (RFC 3326): "SIP;cause=200;text=...", or "".
  std::string reason;
};

// One call's SIP side: an INVITE and the dialog it makes, as caller or as callee.
//
// Thread: signalling. Owned by the UserAgent until on_ended; whoever was given it shares that, and
// may drop its pointer or set_listener(nullptr) at any time, also inside a callback. Dropping does
// not hang up: end() does. After on_ended all methods do nothing (callbacks get kClosed).
// No listener method is called from inside a method of the session, UserAgent or Registration;
// they come from UserAgent::receive() and from timers.
// A dead socket ends a call of ours that is not yet answered; an established session lives on and
// uses the next socket that is attached to the UserAgent.
class InviteSession {
 public:
  struct Listener {
    virtual ~Listener() = default;

    // Outbound. A provisional response but 100 (180, 183); its body may be early SDP.
    virtual void on_progress(const Message& /*response*/) {}
    // Outbound. Answered: body() is their answer, or their offer if start() had no SDP: then call
    // ack(). Otherwise the ACK has gone out already. Comes once, also if several devices answer.
    virtual void on_answered(const Message& /*response*/) {}

    // Inbound. The ACK to our 200 came; its body is their answer if our accept() made the offer.
    // Also after a re-INVITE that we accepted.
    virtual void on_ack(const Message& /*ack*/) {}

    // A re-INVITE of theirs, or an UPDATE with an offer: answer with accept() or reject(488). No
    // body: accept() makes the offer and the answer comes by on_ack(). Unanswered for 30 s it is
    // rejected with 500.
    virtual void on_reoffer(const Message& /*invite*/) {}
    // They withdrew the re-INVITE of on_reoffer: what was before stays.
    virtual void on_reoffer_cancelled() {}
    // Answered 200 already. Content type without parameters, lower case.
    virtual void on_info(std::string_view /*content_type*/, std::string_view /*body*/) {}
    // NOTIFY inside the dialog, such as the progress of our REFER. Answered 200 already.
    virtual void on_notify(const Message& /*notify*/) {}
    // UPDATE without offer: caller's name or identity headers changed. Answered 200 already.
    virtual void on_update(const Message& /*update*/) {}
    // The call must show that it is alive (RFC 4028), and the peer takes no UPDATE: reinvite() with
    // the SDP of before. Comes again if that does not help; in the end the call is hung up.
    virtual void on_refresh_due() {}

    // Exactly once, last, always within 32 s of end(), BYE or CANCEL.
    virtual void on_ended(const EndReason& reason) = 0;
  };

  // A request inside the dialog.
  struct Request {
    std::string method;  // INFO, REFER, MESSAGE...; not INVITE, ACK, BYE, CANCEL
    std::string content_type;
    std::string body;
    ExtraHeaders headers;
  };

  virtual ~InviteSession() = default;

  // The listener outlives the session or takes itself away with nullptr.
  virtual void set_listener(Listener* listener) = 0;

  // --- what it is ---
  virtual bool outbound() const = 0;
  virtual bool established() const = 0;  // 2xx sent or received, not ended
  virtual const std::string& call_id() const = 0;
  virtual std::string local_tag() const = 0;
  virtual std::string remote_tag() const = 0;  // empty before the first response with one
  // URI of the other side's From (inbound) or To (outbound).
  virtual std::string remote_uri() const = 0;
  // Inbound: the INVITE that made it. Outbound: the INVITE as it was sent last.
  virtual const Message& invite() const = 0;

  // --- inbound, before it is answered, and after on_reoffer ---
  // 180 Ringing; 100 Trying has been sent. Once; only before accept().
  virtual void ring() = 0;
  // 200 with our SDP: the answer, or the offer if their INVITE had none. Repeated until the ACK
  // comes; no ACK in 32 s ends the session with BYE and on_ended(kFailure, 408).
  virtual void accept(std::string sdp) = 0;
  // Before it is answered: ends the session, on_ended(kLocal, status). After on_reoffer: refuses
  // that offer only. 300-699; `phrase` empty: the usual one of that status.
  virtual void reject(int status, std::string phrase = {}) = 0;

  // --- outbound ---
  // Only after an on_answered() to an INVITE without SDP: our answer to their offer.
  virtual void ack(std::string sdp) = 0;

  // --- both ---
  // A re-INVITE with a new offer. The answer is the body of the response. If both sides re-INVITE
  // at once (491) it is tried again by itself. 481 and 408 end the session. One at a time:
  // kRejected if one is under way in either direction.
  virtual void reinvite(std::string sdp, ResponseCallback done) = 0;
  virtual void request(Request request, ResponseCallback done) = 0;
  void info(std::string content_type, std::string body, ResponseCallback done) {
    request({"INFO", std::move(content_type), std::move(body), {}}, std::move(done));
  }
  // Hangs up, whatever the state: CANCEL, 480 or BYE; `reason` is the value of a Reason header.
  // on_ended(kLocal) follows when it is answered, at the latest after 32 s; without a socket at
  // once, and a BYE then goes out over the next socket if one is attached within 32 s.
  virtual void end(std::string reason = {}) = 0;
};

}  // namespace rc::sip
