// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "core/clock.h"
#include "core/result.h"
#include "sip/invite_session.h"
#include "sip/message.h"
#include "sip/transport.h"

namespace rc::sip {

class UserAgentCore;

// Who we are to the SIP proxy, as sip-provision told.
struct Account {
  std::string username;            // "12025550115*115"
  std::string domain;              // "sip.ringcentral.com": also the only realm we answer
  std::string display_name;        // may be empty
  std::string authorization_user;  // sipInfo.authorizationId
  std::string password;
};

// One SIP identity on one socket at a time: routes what arrives to transactions, dialogs and new
// sessions, and answers the rest by itself (OPTIONS 200; 400, 405, 420, 422, 481, 482, 501).
//
// Thread: signalling. The owner of the socket passes on what it hears:
//   Transport::Listener::on_open    -> attach(transport)
//   Transport::Listener::on_message -> receive(bytes)
//   Transport::Listener::on_closed  -> detach(reason)
// Sessions survive a detach; client transactions end at once with kNetwork.
// Not to be destroyed inside one of its callbacks. Destroying drops all sessions without a word:
// end() them and wait for on_ended first.
class UserAgent {
 public:
  struct Options {
    Account account;
    std::string product;  // User-Agent header, "gst-ringcentral/0.1"
    // How long a call may ring, in either direction, before it is given up (CANCEL or 480).
    std::chrono::seconds ring_limit{180};
    // One more INVITE than these gets 486, and costs nothing but that.
    size_t max_sessions = 200;
    size_t max_ringing = 8;  // calls that came and are not answered yet
  };

  // Called from receive(); see InviteSession for what may be done inside.
  struct Listener {
    virtual ~Listener() = default;
    // A new call; 100 Trying has gone out. Set a listener and answer it, now or later; a session
    // that nobody set a listener on when this returns is rejected with 480.
    // It may have the Call-ID of a session that is still there: RingCentral's takeover (*83), the
    // new session then carries on that call.
    virtual void on_invite(std::shared_ptr<InviteSession> session) = 0;
    // A MESSAGE outside dialogs (P-rc agent messages); 200 has gone out.
    virtual void on_message(const Message& message) = 0;
    // NOTIFY with Event: check-sync: the server wants us to provision and register anew.
    virtual void on_check_sync() = 0;
  };

  struct Invitation {
    std::string target;    // Request-URI and To: "sip:12025550100@sip.ringcentral.com"
    std::string sdp;       // our offer; empty: they offer in the 200
    ExtraHeaders headers;  // P-Asserted-Identity, Replaces...
  };

  struct Request {
    std::string method;   // MESSAGE, OPTIONS...
    std::string target;   // Request-URI and To, sent byte for byte ("sip:#996016@...:5060")
    std::string call_id;  // empty: a new one
    std::string content_type;
    std::string body;
    ExtraHeaders headers;
  };

  // Clock and listener outlive the user agent and all its sessions.
  UserAgent(Clock& clock, Options options, Listener* listener);
  ~UserAgent();
  UserAgent(const UserAgent&) = delete;
  UserAgent& operator=(const UserAgent&) = delete;

  void attach(Transport& transport);  // open; borrowed until detach()
  void detach(const Error& reason);
  bool attached() const;
  void receive(std::string_view bytes);  // one whole message; any bytes

  // Calls. The session's listener is called from the first response on, never inside this call.
  // Failures (no socket, bad target) also come by on_ended.
  std::shared_ptr<InviteSession> invite(Invitation invitation, InviteSession::Listener* listener);

  // A request outside dialogs, with our credentials if challenged. See ResponseCallback.
  void send_request(Request request, ResponseCallback done);

  size_t sessions() const;                                              // not ended yet
  const std::shared_ptr<UserAgentCore>& core() const { return core_; }  // for Registration

 private:
  class Router;
  std::shared_ptr<UserAgentCore> core_;
  std::unique_ptr<Router> router_;
};

}  // namespace rc::sip
