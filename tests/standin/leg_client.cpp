// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The part of a leg that calls: our INVITE, its CANCEL, its ACK.
#include "leg.h"

namespace standin {
namespace {

// One of RFC 3262's responses, which wants a PRACK.
std::uint32_t rseq_of(const SipMessage& response) {
  const bool reliable = has_option(response, "Require", "100rel");
  return reliable ? static_cast<std::uint32_t>(number_in(response, "RSeq")) : 0;
}

}  // namespace

// sip: of the first INVITE, whose headers and Via lines it adds.
std::uint32_t Leg::send_invite(const std::string& sdp, const std::vector<SipHeader>& headers,
                               const SipSpec* sip) {
  const auto cseq = next_cseq();
  invite_branch_ = own_branch();
  auto message = new_request("INVITE", cseq, invite_branch_);
  message.add("Contact", contact()).add("User-Agent", "RC_SIPWRP_22.241");
  if (!sdp.empty()) message.add("Content-Type", "application/sdp");
  apply_headers(message, headers);
  if (sip != nullptr) apply_headers(message, sip->headers);
  message.body = sdp;
  invites_[invite_branch_] = {message};
  asked_[cseq].request = message;
  send(message);
  mark(state_ == State::kInviting ? "invite_sent" : "reinvite_sent");
  return cseq;
}

Leg::OwnInvite* Leg::newest_invite() {
  const auto found = invites_.find(invite_branch_);
  return found == invites_.end() ? nullptr : &found->second;
}

void Leg::repeat_invite(bool another_way) {
  const OwnInvite* newest = newest_invite();
  if (newest == nullptr) return;
  auto message = newest->request;
  if (another_way) {
    const std::string branch = own_branch();
    message.replace({{"Via", "SIP/2.0/WSS " + box_.wss() + ";rport;branch=" + branch}});
    invites_[branch] = {message, true, false, true};
  }
  send(message);
  mark("invite_repeated");
}

void Leg::ack(const std::string& sdp) {
  const auto found = invites_.find(answered_branch_);
  if (found == invites_.end() || box_.faults.no_ack != 0) return;
  answered_branch_.clear();
  auto message = new_request("ACK", cseq_of(found->second.request)->number, own_branch());
  if (!sdp.empty()) message.add("Content-Type", "application/sdp");
  message.body = sdp;
  found->second.ack = message;
  send(message);
  mark("ack_sent");
}

// RFC 3261 9.1: as the INVITE, with the one Via that is ours.
void Leg::send_cancel(const OwnInvite& invite) {
  const SipMessage& original = invite.request;
  auto message = new_request("CANCEL", cseq_of(original)->number, branch_of(original));
  message.uri = original.uri;
  message.replace({{"To", std::string(original.get("To"))}});
  send(message);
  mark("cancel_sent");
}

// A CANCEL may only follow a provisional response (RFC 3261 9.1).
void Leg::cancel() {
  const OwnInvite* invite = newest_invite();
  if (invite == nullptr || !invite->pending || state_ != State::kInviting) return;
  cancel_wanted_ = true;
  if (!invite->provisional) return;
  state_ = State::kEnding;
  send_cancel(*invite);
}

void Leg::receive_invite_response(OwnInvite& invite, const SipMessage& response) {
  if (invite.repetition) {
    mark("repeated_" + std::to_string(response.status));
    if (response.status >= 300) receive_failure(invite, response);
    return;
  }
  const std::string to(response.get("To"));
  if (response.status > 100 && response.status < 300 && !tag_of(to).empty()) remote_ = to;
  if (response.count("Contact") > 0 && response.status < 300) {
    target_ = uri_of(response.get("Contact"));
  }
  mark(std::to_string(response.status));
  if (response.status < 200) return receive_provisional(invite, response);
  if (response.status < 300) return receive_success(invite, response);
  receive_failure(invite, response);
}

void Leg::receive_provisional(OwnInvite& invite, const SipMessage& response) {
  invite.provisional = true;
  acknowledge_reliable(invite, response);
  if (cancel_wanted_) {
    cancel();
  } else if (response.status > 100) {
    owner_->on_ringing(*this);
  }
}

// RFC 3262 4: one PRACK for each RSeq; a repeated response is the same one.
void Leg::acknowledge_reliable(OwnInvite& invite, const SipMessage& response) {
  const std::uint32_t rseq = rseq_of(response);
  if (rseq == 0 || rseq <= invite.last_rseq) return;
  invite.last_rseq = rseq;
  const std::string rack = std::to_string(rseq) + " " + std::string(invite.request.get("CSeq"));
  request("PRACK", {{"RAck", rack}}, "");
  mark("prack_sent");
}

void Leg::receive_success(OwnInvite& invite, const SipMessage& response) {
  if (!invite.pending) {
    // The client repeats its 200 until it sees the ACK.
    if (invite.ack) send(*invite.ack);
    return;
  }
  invite.pending = false;
  answered_branch_ = branch_of(invite.request);
  if (sip_.cancel_on_answer && state_ == State::kInviting) {
    cancel_wanted_ = true;
    send_cancel(invite);
  }
  if (state_ == State::kInviting && !cancel_wanted_) {
    state_ = State::kAnswered;
    owner_->on_answered(*this, response.body);
  } else if (state_ == State::kAnswered) {
    owner_->on_offer_answered(*this, response.status, response.body);
  } else {
    // The 200 crossed our CANCEL.
    ack();
    state_ = State::kAnswered;
    bye();
  }
}

// RFC 3261 17.1.1.3: the ACK is the transaction's, not the dialog's.
void Leg::receive_failure(OwnInvite& invite, const SipMessage& response) {
  const SipMessage& original = invite.request;
  auto ack = new_request("ACK", cseq_of(original)->number, branch_of(original));
  ack.uri = original.uri;
  ack.replace({{"To", std::string(response.get("To"))}});
  send(ack);
  if (!invite.pending || invite.repetition) return;
  invite.pending = false;
  if (state_ == State::kAnswered) {
    owner_->on_offer_answered(*this, response.status, "");
    return;
  }
  if (retry_with_interval(invite, response)) return;
  const bool cancelled = cancel_wanted_;
  state_ = State::kEnded;
  if (cancelled) {
    mark("cancelled");
  } else {
    owner_->on_rejected(*this, response.status);
  }
}

// RFC 4028 7.4: after a 422 the same call once more, with the interval that was named.
bool Leg::retry_with_interval(const OwnInvite& invite, const SipMessage& response) {
  const std::string least(response.get("Min-SE"));
  const bool asked = invite.request.count("Session-Expires") > 0;
  if (response.status != 422 || !asked || cancel_wanted_) return false;
  if (number_in(response, "Min-SE") <= number_in(invite.request, "Min-SE")) return false;
  auto message = invite.request;
  const auto cseq = next_cseq();
  invite_branch_ = own_branch();
  message.replace({{"Via", "SIP/2.0/WSS " + box_.wss() + ";rport;branch=" + invite_branch_},
                   {"CSeq", std::to_string(cseq) + " INVITE"},
                   {"Session-Expires", least},
                   {"Min-SE", least}});
  invites_[invite_branch_] = {message};
  asked_[cseq].request = message;
  send(message);
  mark("invite_sent");
  return true;
}

}  // namespace standin
