// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>

#include "box.h"

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
  // Legs that called us.
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

  struct Invite {
    std::string from_user;     // "+12025550166", "101"
    std::string display_name;  // shown in From and To, as the real service does
    std::vector<SipHeader> headers;
    std::string sdp;  // empty: late offer
  };
  // We call a client; the INVITE leaves at once.
  static std::shared_ptr<Leg> to_client(Box& box, Peer peer, const Invite& invite, LegOwner& owner);

  void set_owner(LegOwner& owner) { owner_ = &owner; }
  const Peer& peer() const { return peer_; }
  const std::string& call_id() const { return call_id_; }
  State state() const { return state_; }
  bool outgoing() const { return outgoing_; }

  // Headers that go with every 1xx and 2xx to the client's INVITE.
  void set_invite_headers(std::vector<SipHeader> headers) { invite_headers_ = std::move(headers); }
  void progress(int status, const std::string& sdp = {});
  void accept(const std::string& sdp);  // the first INVITE or a re-INVITE
  void reject(int status);

  void ack(const std::string& sdp = {});  // our INVITE's 2xx
  void offer(const std::string& sdp);     // re-INVITE
  void cancel();
  void bye();
  void request(const std::string& method, const std::vector<SipHeader>& headers,
               const std::string& body);

  // From the exchange: a message of this dialog.
  void receive_request(const Flow& flow, const SipMessage& request);
  void receive_response(const SipMessage& response);
  void receive_agent(int cmd, const std::string& xml) { owner_->on_agent(*this, cmd, xml); }

 private:
  Leg(Box& box, Peer peer, std::string call_id);

  SipMessage new_request(const std::string& method, std::uint32_t cseq,
                         const std::string& branch) const;
  void send(const SipMessage& message);
  void respond(const SipMessage& request, int status, const SipHeader* extra = nullptr);
  void send_invite(const std::string& sdp, const std::vector<SipHeader>& headers);
  std::string contact() const;
  std::string own_branch() const;

  void receive_cancel(const SipMessage& request);
  void receive_ack(const SipMessage& request);
  void receive_reinvite(const SipMessage& request);
  void receive_in_dialog(const SipMessage& request);
  void receive_invite_response(const SipMessage& response);
  void receive_provisional(const SipMessage& response);
  void receive_success(const SipMessage& response);
  void receive_failure(const SipMessage& response);
  void mark(const std::string& event) { owner_->on_mark(*this, event); }

  Box& box_;
  LegOwner* owner_;
  Peer peer_;
  bool outgoing_ = false;
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

  // Our newest INVITE; its URI and To again in CANCEL and in the ACK to a failure.
  std::string invite_uri_;
  std::string invite_remote_;
  std::uint32_t invite_cseq_ = 0;
  std::string invite_branch_;
  bool invite_pending_ = false;
  bool provisional_seen_ = false;
  bool cancel_wanted_ = false;
  std::optional<SipMessage> last_ack_;

  std::set<std::uint32_t> byes_;  // CSeq numbers of our BYEs under way
};

// CSeq numbers of the stand-in's requests: far from the 0..9999 where the SDK starts, because the
// SDK matches answers by the number alone.
std::uint32_t next_cseq();

}  // namespace standin
