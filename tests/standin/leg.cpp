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

std::string display_of(const Leg::Invite& invite) {
  if (!invite.sip.raw_name.empty()) return "\"" + invite.sip.raw_name + "\" ";
  return invite.display_name.empty() ? "" : quoted(invite.display_name) + " ";
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

std::shared_ptr<Leg> Leg::fork(LegOwner& owner) const {
  auto leg = from_client(box_, peer_, *waiting_invite_);
  leg->own_user_ = "fork-" + random_hex(3);
  leg->invite_headers_ = invite_headers_;
  leg->sip_ = sip_;
  leg->owner_ = &owner;
  return leg;
}

std::shared_ptr<Leg> Leg::to_client(Box& box, Peer peer, const Invite& invite, LegOwner& owner) {
  auto leg = std::shared_ptr<Leg>(new Leg(box, std::move(peer), random_hex(16)));
  const std::string display = display_of(invite);
  const Account* account = box.directory.by_extension(leg->peer_.extension);
  leg->owner_ = &owner;
  leg->sip_ = invite.sip;
  leg->own_user_ = invite.from_user;
  leg->local_ = display + "<sip:" + invite.from_user + "@127.0.0.1>;tag=" + leg->local_tag_;
  leg->remote_ =
      display + "<sip:" + (account != nullptr ? account->username() : "unknown") + "@127.0.0.1>";
  leg->send_invite(invite.sdp, invite.headers, &leg->sip_);
  return leg;
}

std::string Leg::contact() const {
  return "<sip:" + own_user_ + "@" + box_.wss() + ";transport=wss>";
}

std::string Leg::own_branch() const { return "z9hG4bK305I2S-" + random_hex(6); }

void Leg::send_on(std::uint64_t flow, SipMessage message) {
  message.form = sip_.form;
  box_.flows.send(flow, message);
}

// In-dialog requests go to the newest socket of the instance (a client may have reconnected).
void Leg::send(SipMessage message) {
  const Registration* registration = box_.registrar->by_instance(peer_.instance);
  const bool current = registration != nullptr && registration->connected;
  message.form = sip_.form;
  if (current && box_.flows.send(registration->flow, message)) return;
  box_.flows.send(peer_.flow, message);
}

void Leg::respond(const SipMessage& request, int status, const std::vector<SipHeader>& extra) {
  auto response = make_response(request, status, default_reason(status), local_tag_);
  for (const auto& header : extra) response.add(header.name, header.value);
  send_on(peer_.flow, response);
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

std::uint32_t Leg::request(const std::string& method, const std::vector<SipHeader>& headers,
                           const std::string& body) {
  if (method == "INVITE") return send_invite(body, headers);
  auto message = new_request(method, next_cseq(), own_branch());
  apply_headers(message, headers);
  message.body = body;
  const auto cseq = cseq_of(message);  // a test may have given one of its own
  const auto number = cseq ? cseq->number : 0;
  asked_[number] = {message, {}, false};
  send(message);
  return number;
}

const SipMessage* Leg::response_to(std::uint32_t cseq) const {
  const auto found = asked_.find(cseq);
  return found == asked_.end() ? nullptr : &found->second.response;
}

void Leg::offer(const std::string& sdp, const std::string& method) {
  if (method == "INVITE") {
    send_invite(sdp, {});
    return;
  }
  const SipHeader own{"Contact", contact()};  // a target refresh needs one (RFC 3311 5.1)
  const auto cseq = request(method, {own, {"Content-Type", "application/sdp"}}, sdp);
  asked_[cseq].offer = true;
  mark("update_sent");
}

void Leg::bye() {
  if (state_ != State::kAnswered) return;
  state_ = State::kEnding;
  request("BYE", {}, "");
  mark("bye_sent");
}

void Leg::receive_response(const SipMessage& response) {
  const auto cseq = cseq_of(response);
  if (!cseq) return;
  const auto asked = asked_.find(cseq->number);
  if (asked != asked_.end() && cseq->method == asked->second.request.method) {
    asked->second.response = response;
  }
  const auto invite = invites_.find(branch_of(response));
  if (cseq->method == "INVITE" && invite != invites_.end()) {
    receive_invite_response(invite->second, response);
  } else if (cseq->method == "BYE" && response.status >= 200 &&
             (response.status < 300 || state_ == State::kEnding)) {
    state_ = State::kEnded;
    mark("bye_answered");
  } else if (cseq->method == "CANCEL" && response.status >= 200) {
    mark("cancel_answered");
  } else if (cseq->method == "PRACK" && response.status >= 200) {
    mark("prack_answered");
  } else if (asked != asked_.end() && asked->second.offer && response.status >= 200) {
    asked->second.offer = false;
    mark("update_" + std::to_string(response.status));
    owner_->on_offer_answered(*this, response.status, response.body);
  }
}

}  // namespace standin
