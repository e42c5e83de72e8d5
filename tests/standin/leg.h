// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "box.h"
#include "sip_spec.h"

namespace standin {

class Leg;

// Who owns a leg hears what its client does. Calls come on the loop's thread.
class LegOwner {
 public:
  virtual ~LegOwner() = default;
  virtual void on_mark(Leg&, const std::string& /*event*/) {}  // for the call's time line
  // Legs that we called.
  virtual void on_ringing(Leg&) {}
  virtual void on_answered(Leg&, const std::string& /*sdp*/) {}  // reply with ack()
  virtual void on_rejected(Leg&, int /*status*/) {}
  // Legs that called us. False: the INVITE was answered just now, the CANCEL comes too late.
  virtual bool on_cancel(Leg&) { return true; }
  virtual void on_cancelled(Leg&) {}
  // Both. sdp is the answer to a late offer, else empty.
  virtual void on_acked(Leg&, const std::string& /*sdp*/) {}
  virtual void on_offer(Leg&, const std::string& /*sdp*/) {}  // re-INVITE: accept() or reject()
  virtual void on_offer_answered(Leg&, int /*status*/, const std::string& /*sdp*/) {
  }  // ack() if 2xx
  virtual void on_bye(Leg&) {}
  virtual void on_info(Leg&, const std::string& /*body*/) {}
  virtual void on_refer(Leg&, const std::string& /*target*/) {}
  virtual void on_agent(Leg&, int /*cmd*/, const std::string& /*xml*/) {}
};

// The client's end: an instance of an extension, reached over the newest socket of the instance.
struct Peer {
  std::string extension;
  std::string device_id;
  std::string instance;
  std::string contact_uri;
  std::uint64_t flow = 0;
};

// One dialog between the stand-in and a client, from the first INVITE to the BYE. Its own Call-Id,
// tags and CSeq: the two ends of a call never share them, as on the real service.
class Leg : public std::enable_shared_from_this<Leg> {
 public:
  enum class State { kInviting, kAnswered, kEnding, kEnded };

  // A client called. The INVITE waits for progress(), accept() or reject().
  static std::shared_ptr<Leg> from_client(Box& box, Peer peer, const SipMessage& invite);
  // Another dialog of the same INVITE (RFC 3261 12.1): a proxy forked it. Only while it waits.
  std::shared_ptr<Leg> fork(LegOwner& owner) const;

  struct Invite {
    std::string from_user;     // "+12025550166", "101"
    std::string display_name;  // shown in From and To, as the real service does
    std::vector<SipHeader> headers;
    std::string sdp;  // empty: late offer
    SipSpec sip;
  };
  // We call a client; the INVITE leaves at once.
  static std::shared_ptr<Leg> to_client(Box& box, Peer peer, const Invite& invite, LegOwner& owner);

  void set_owner(LegOwner& owner) { owner_ = &owner; }
  void set_sip(const SipSpec& sip) { sip_ = sip; }
  const Peer& peer() const { return peer_; }
  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  State state() const { return state_; }

  // Headers that go with every 1xx and 2xx to the client's INVITE.
  void set_invite_headers(std::vector<SipHeader> headers) { invite_headers_ = std::move(headers); }
  void progress(int status, const std::string& sdp = {});
  void accept(const std::string& sdp);  // the first INVITE or a re-INVITE
  void reject(int status);
  // The client's INVITE wants a shorter session interval than its number allows: reject(422).
  bool interval_too_small() const;

  // The 2xx to our INVITE that waits for it; nothing when none does.
  void ack(const std::string& sdp = {});
  void offer(const std::string& sdp, const std::string& method = "INVITE");  // or UPDATE
  void cancel();
  void bye();
  // The end without a word: as if the BYE had been lost.
  void abandon() { state_ = State::kEnded; }
  // Any request inside the dialog, an INVITE as well; its CSeq number. The headers are those of
  // apply_headers().
  std::uint32_t request(const std::string& method, const std::vector<SipHeader>& headers,
                        const std::string& body);
  // To that request: the newest response; null when there was no such request.
  const SipMessage* response_to(std::uint32_t cseq) const;
  // Our newest INVITE once more: a retransmission, or as it comes by another way (RFC 3261 8.2.2.2)
  // with a branch of its own.
  void repeat_invite(bool another_way);

  // From the exchange: a message of this dialog.
  void receive_request(const Flow& flow, const SipMessage& request);
  void receive_response(const SipMessage& response);
  void receive_agent(int cmd, const std::string& xml) { owner_->on_agent(*this, cmd, xml); }

 private:
  // An INVITE of ours. Its URI and To come again in CANCEL and in the ACK to a failure.
  struct OwnInvite {
    SipMessage request;
    bool pending = true;
    bool provisional = false;
    bool repetition = false;             // by another way: its answers end nothing
    std::uint32_t last_rseq = 0;         // acknowledged with PRACK
    std::optional<SipMessage> ack = {};  // again for each repeated 2xx
  };
  struct Asked {
    SipMessage request;
    SipMessage response;
    bool offer = false;
  };

  Leg(Box& box, Peer peer, std::string call_id);

  SipMessage new_request(const std::string& method, std::uint32_t cseq,
                         const std::string& branch) const;
  void send(SipMessage message);
  void send_on(std::uint64_t flow, SipMessage message);
  void respond(const SipMessage& request, int status, const std::vector<SipHeader>& extra = {});
  std::string contact() const;
  std::string own_branch() const;

  // Our INVITE (leg_client.cpp).
  std::uint32_t send_invite(const std::string& sdp, const std::vector<SipHeader>& headers,
                            const SipSpec* sip = nullptr);
  OwnInvite* newest_invite();
  void send_cancel(const OwnInvite& invite);
  void receive_invite_response(OwnInvite& invite, const SipMessage& response);
  void receive_provisional(OwnInvite& invite, const SipMessage& response);
  void receive_success(OwnInvite& invite, const SipMessage& response);
  void receive_failure(OwnInvite& invite, const SipMessage& response);
  void acknowledge_reliable(OwnInvite& invite, const SipMessage& response);
  bool retry_with_interval(const OwnInvite& invite, const SipMessage& response);

  // The client's INVITE (leg_server.cpp).
  SipMessage response_to_invite(int status, const std::string& sdp) const;
  bool may_be_reliable() const;
  void send_reliable(SipMessage response);
  void repeat_reliable(std::uint32_t rseq, std::chrono::milliseconds wait);
  void receive_prack(const SipMessage& request);

  // Requests of the client inside the dialog (leg_requests.cpp).
  void receive_cancel(const SipMessage& request);
  void receive_ack(const SipMessage& request);
  void receive_reinvite(const SipMessage& request);
  void receive_bye(const SipMessage& request);
  void receive_update(const SipMessage& request);
  void receive_in_dialog(const SipMessage& request);
  void mark(const std::string& event) { owner_->on_mark(*this, event); }

  Box& box_;
  LegOwner* owner_;
  Peer peer_;
  SipSpec sip_;
  State state_ = State::kInviting;
  std::string call_id_;
  std::string local_;   // our From or To value with tag
  std::string remote_;  // the client's, with tag once known
  std::string local_tag_;
  std::string target_;    // Request-URI of our requests
  std::string own_user_;  // user part of our Contact
  std::vector<SipHeader> invite_headers_;

  // The client's INVITE that waits for an answer, and the flow it came on.
  std::optional<SipMessage> waiting_invite_;
  std::uint64_t waiting_flow_ = 0;
  std::optional<SipMessage> unacknowledged_;  // reliable response that waits for its PRACK
  std::uint32_t rseq_ = 0;
  std::optional<std::string> accept_later_;  // SDP of a 200 that waits for it, too

  std::map<std::string, OwnInvite> invites_;  // by branch
  std::string invite_branch_;                 // the newest
  std::string answered_branch_;               // its 2xx waits for ack()
  bool cancel_wanted_ = false;

  std::map<std::uint32_t, Asked> asked_;  // our requests by CSeq number
};

// CSeq numbers of the stand-in's requests: far from the 0..9999 where the SDK starts, because the
// SDK matches answers by the number alone.
std::uint32_t next_cseq();

}  // namespace standin
