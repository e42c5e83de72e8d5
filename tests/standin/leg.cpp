// SPDX-License-Identifier: LGPL-2.1-or-later
#include "leg.h"

#include <atomic>

#include "registrar.h"

namespace standin {
namespace {

LegOwner nobody;

std::string quoted(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < ' ') continue;
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return "\"" + out + "\"";
}

std::string media_server_tag() { return "10.13.22.241-5070-" + random_hex(7); }

}  // namespace

std::uint32_t next_cseq() {
  static std::atomic<std::uint32_t> cseq = 218000000U + g_random_int() % 400000U;
  return ++cseq;
}

Leg::Leg(Box& box, Peer peer, std::string call_id)
    : box_(box),
      owner_(&nobody),
      peer_(std::move(peer)),
      call_id_(std::move(call_id)),
      local_tag_(media_server_tag()),
      target_(peer_.contact_uri) {}

std::shared_ptr<Leg> Leg::from_client(Box& box, Peer peer, const SipMessage& invite) {
  auto leg =
      std::shared_ptr<Leg>(new Leg(box, std::move(peer), std::string(invite.get("Call-Id"))));
  leg->remote_ = invite.get("From");
  leg->local_ = std::string(invite.get("To")) + ";tag=" + leg->local_tag_;
  leg->own_user_ = user_of(invite.uri);
  if (invite.count("Contact") > 0) leg->target_ = uri_of(invite.get("Contact"));
  leg->waiting_invite_ = invite;
  leg->waiting_flow_ = leg->peer_.flow;
  return leg;
}

std::shared_ptr<Leg> Leg::to_client(Box& box, Peer peer, const Invite& invite, LegOwner& owner) {
  auto leg = std::shared_ptr<Leg>(new Leg(box, std::move(peer), random_hex(16)));
  const std::string display = invite.display_name.empty() ? "" : quoted(invite.display_name) + " ";
  const Account* account = box.directory.by_extension(leg->peer_.extension);
  leg->owner_ = &owner;
  leg->outgoing_ = true;
  leg->own_user_ = invite.from_user;
  leg->local_ = display + "<sip:" + invite.from_user + "@127.0.0.1>;tag=" + leg->local_tag_;
  leg->remote_ =
      display + "<sip:" + (account != nullptr ? account->username() : "unknown") + "@127.0.0.1>";
  leg->send_invite(invite.sdp, invite.headers);
  return leg;
}

std::string Leg::contact() const {
  return "<sip:" + own_user_ + "@" + box_.wss() + ";transport=wss>";
}

std::string Leg::own_branch() const { return "z9hG4bK305I2S-" + random_hex(6); }

// In-dialog requests go to the newest socket of the instance (a client may have reconnected).
void Leg::send(const SipMessage& message) {
  const Registration* registration = box_.registrar->by_instance(peer_.instance);
  const bool current = registration != nullptr && registration->connected;
  if (current && box_.flows.send(registration->flow, message)) return;
  box_.flows.send(peer_.flow, message);
}

void Leg::respond(const SipMessage& request, int status, const SipHeader* extra) {
  auto response = make_response(request, status, default_reason(status), local_tag_);
  if (extra != nullptr) response.add(extra->name, extra->value);
  box_.flows.send(peer_.flow, response);
}

SipMessage Leg::new_request(const std::string& method, std::uint32_t cseq,
                            const std::string& branch) const {
  SipMessage request;
  request.method = method;
  request.uri = target_;
  request.add("Via", "SIP/2.0/WSS " + box_.wss() + ";rport;branch=" + branch);
  request.add("From", local_).add("To", remote_).add("Call-Id", call_id_);
  request.add("CSeq", std::to_string(cseq) + " " + method).add("Max-Forwards", "67");
  return request;
}

void Leg::request(const std::string& method, const std::vector<SipHeader>& headers,
                  const std::string& body) {
  auto message = new_request(method, next_cseq(), own_branch());
  for (const auto& header : headers) message.add(header.name, header.value);
  message.body = body;
  send(message);
}

// --- the client's INVITE

void Leg::progress(int status, const std::string& sdp) {
  if (!waiting_invite_) return;
  auto response = make_response(*waiting_invite_, status, default_reason(status), local_tag_);
  for (const auto& header : invite_headers_) response.add(header.name, header.value);
  response.add("Contact", contact());
  if (!sdp.empty()) response.add("Content-Type", "application/sdp");
  response.body = sdp;
  box_.flows.send(waiting_flow_, response);
  mark(std::to_string(status) + "_sent");
}

void Leg::accept(const std::string& sdp) {
  if (!waiting_invite_) return;
  progress(200, sdp);
  waiting_invite_.reset();
  state_ = State::kAnswered;
}

void Leg::reject(int status) {
  if (!waiting_invite_) return;
  box_.flows.send(waiting_flow_,
                  make_response(*waiting_invite_, status, default_reason(status), local_tag_));
  mark(std::to_string(status) + "_sent");
  waiting_invite_.reset();
  if (state_ == State::kInviting) state_ = State::kEnded;
}

// --- our INVITE

void Leg::send_invite(const std::string& sdp, const std::vector<SipHeader>& headers) {
  invite_cseq_ = next_cseq();
  invite_branch_ = own_branch();
  invite_uri_ = target_;
  invite_remote_ = remote_;
  invite_pending_ = true;
  auto message = new_request("INVITE", invite_cseq_, invite_branch_);
  message.add("Contact", contact()).add("User-Agent", "RC_SIPWRP_22.241");
  for (const auto& header : headers) message.add(header.name, header.value);
  if (!sdp.empty()) message.add("Content-Type", "application/sdp");
  message.body = sdp;
  send(message);
  mark(state_ == State::kInviting ? "invite_sent" : "reinvite_sent");
}

void Leg::offer(const std::string& sdp) { send_invite(sdp, {}); }

void Leg::ack(const std::string& sdp) {
  if (box_.faults.no_ack != 0) return;
  auto message = new_request("ACK", invite_cseq_, own_branch());
  if (!sdp.empty()) message.add("Content-Type", "application/sdp");
  message.body = sdp;
  last_ack_ = message;
  send(message);
  mark("ack_sent");
}

// A CANCEL may only follow a provisional response (RFC 3261 9.1).
void Leg::cancel() {
  if (!invite_pending_ || state_ != State::kInviting) return;
  cancel_wanted_ = true;
  if (!provisional_seen_) return;
  state_ = State::kEnding;
  remote_ = invite_remote_;
  target_ = invite_uri_;
  send(new_request("CANCEL", invite_cseq_, invite_branch_));
  mark("cancel_sent");
}

void Leg::bye() {
  if (state_ != State::kAnswered) return;
  state_ = State::kEnding;
  const auto cseq = next_cseq();
  byes_.insert(cseq);
  send(new_request("BYE", cseq, own_branch()));
  mark("bye_sent");
}

void Leg::receive_response(const SipMessage& response) {
  const auto cseq = cseq_of(response);
  if (!cseq) return;
  if (cseq->method == "INVITE" && cseq->number == invite_cseq_) {
    receive_invite_response(response);
  } else if (byes_.count(cseq->number) > 0 && response.status >= 200) {
    state_ = State::kEnded;
    mark("bye_answered");
  } else if (cseq->method == "CANCEL" && response.status >= 200) {
    mark("cancel_answered");
  }
}

void Leg::receive_invite_response(const SipMessage& response) {
  const std::string to(response.get("To"));
  if (response.status > 100 && !tag_of(to).empty()) remote_ = to;
  if (response.count("Contact") > 0 && response.status < 300) {
    target_ = uri_of(response.get("Contact"));
  }
  mark(std::to_string(response.status));
  if (response.status < 200) return receive_provisional(response);
  if (response.status < 300) return receive_success(response);
  receive_failure(response);
}

void Leg::receive_provisional(const SipMessage& response) {
  provisional_seen_ = true;
  if (cancel_wanted_) {
    cancel();
  } else if (response.status > 100) {
    owner_->on_ringing(*this);
  }
}

void Leg::receive_success(const SipMessage& response) {
  if (!invite_pending_) {
    // The client repeats its 200 until it sees the ACK.
    if (last_ack_) send(*last_ack_);
    return;
  }
  invite_pending_ = false;
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

void Leg::receive_failure(const SipMessage& response) {
  auto ack = new_request("ACK", invite_cseq_, invite_branch_);
  ack.uri = invite_uri_;
  send(ack);
  if (!invite_pending_) return;
  invite_pending_ = false;
  if (state_ == State::kAnswered) {
    owner_->on_offer_answered(*this, response.status, "");
    return;
  }
  const bool cancelled = cancel_wanted_;
  state_ = State::kEnded;
  if (!cancelled) owner_->on_rejected(*this, response.status);
}

}  // namespace standin
