// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The part of a leg that answers the client's requests inside the dialog.
#include "leg.h"

namespace standin {

void Leg::receive_request(const Flow& flow, const SipMessage& request) {
  peer_.flow = flow.id;
  if (request.method == "ACK") return receive_ack(request);
  if (request.method == "CANCEL") return receive_cancel(request);
  // RFC 3261 12.2.2; a CANCEL and the ACK to a failure belong to no dialog yet.
  const bool known = tag_of(request.get("To")) == local_tag_ && state_ != State::kEnded;
  if (!known) return respond(request, 481);
  if (request.method == "INVITE") return receive_reinvite(request);
  receive_in_dialog(request);
}

void Leg::receive_ack(const SipMessage& request) {
  mark("ack");
  if (state_ == State::kAnswered) owner_->on_acked(*this, request.body);
}

void Leg::receive_cancel(const SipMessage& request) {
  if (!waiting_invite_ || branch_of(request) != branch_of(*waiting_invite_)) {
    return respond(request, 481);
  }
  mark("cancel");
  respond(request, 200);
  reject(487);
  owner_->on_cancelled(*this);
}

void Leg::receive_reinvite(const SipMessage& request) {
  if (waiting_invite_ || invite_pending_) return respond(request, 491);
  respond(request, 100);
  mark("reinvite");
  if (request.count("Contact") > 0) target_ = uri_of(request.get("Contact"));
  waiting_invite_ = request;
  waiting_flow_ = peer_.flow;
  owner_->on_offer(*this, request.body);
}

void Leg::receive_in_dialog(const SipMessage& request) {
  const std::string& method = request.method;
  if (method == "BYE") {
    mark("bye");
    if (box_.faults.no_bye_answer == 0) respond(request, 200);
    const bool crossing = state_ == State::kEnding;
    state_ = State::kEnded;
    if (!crossing) owner_->on_bye(*this);
  } else if (method == "INFO") {
    respond(request, 200);
    owner_->on_info(*this, request.body);
  } else if (method == "REFER") {
    respond(request, 202);
    owner_->on_refer(*this, uri_of(request.get("Refer-To")));
  } else if (method == "UPDATE" || method == "NOTIFY" || method == "OPTIONS" ||
             method == "MESSAGE") {
    respond(request, 200);
  } else {
    const SipHeader allow{"Allow", "INVITE, ACK, CANCEL, BYE, INFO, REFER, UPDATE, NOTIFY"};
    respond(request, 405, &allow);
  }
}

}  // namespace standin
