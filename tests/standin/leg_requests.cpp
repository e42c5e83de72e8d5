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
  const bool in_dialog = tag_of(request.get("To")) == local_tag_ && state_ != State::kEnded;
  // Who sends a BYE has left the dialog (15.1.1); one of the client's may cross it.
  const bool known = in_dialog && (state_ != State::kEnding || request.method == "BYE");
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
  const bool in_time = owner_->on_cancel(*this);
  respond(request, 200);
  if (!in_time) return;
  reject(487);
  owner_->on_cancelled(*this);
}

void Leg::receive_reinvite(const SipMessage& request) {
  const OwnInvite* own = newest_invite();
  if (waiting_invite_ || (own != nullptr && own->pending)) return respond(request, 491);
  respond(request, 100);
  mark("reinvite");
  if (request.count("Contact") > 0) target_ = uri_of(request.get("Contact"));
  waiting_invite_ = request;
  waiting_flow_ = peer_.flow;
  owner_->on_offer(*this, request.body);
}

void Leg::receive_bye(const SipMessage& request) {
  if (use_once(box_.faults.lose_bye)) return mark("bye_lost");
  mark("bye");
  if (box_.faults.no_bye_answer == 0) respond(request, 200);
  const bool crossing = state_ == State::kEnding;
  state_ = State::kEnded;
  if (!crossing) owner_->on_bye(*this);
}

// A refresh of the session or of the target. Offers come in re-INVITEs here (RFC 3311 5.2: 488).
void Leg::receive_update(const SipMessage& request) {
  if (!request.body.empty()) return respond(request, 488);
  if (request.count("Contact") > 0) target_ = uri_of(request.get("Contact"));
  const std::string interval(request.get("Session-Expires"));
  if (interval.empty()) return respond(request, 200);
  const auto refresher = header_param(";" + interval, "refresher");
  const std::string answer = refresher ? interval : interval + ";refresher=uac";
  mark("session_refreshed");
  respond(request, 200,
          {{"Session-Expires", answer}, {"Require", "timer"}, {"Contact", contact()}});
}

void Leg::receive_in_dialog(const SipMessage& request) {
  const std::string& method = request.method;
  if (method == "BYE") {
    receive_bye(request);
  } else if (method == "INFO") {
    respond(request, 200);
    owner_->on_info(*this, request.body);
  } else if (method == "REFER") {
    respond(request, 202);
    owner_->on_refer(*this, uri_of(request.get("Refer-To")));
  } else if (method == "PRACK") {
    receive_prack(request);
  } else if (method == "UPDATE") {
    receive_update(request);
  } else if (method == "NOTIFY" || method == "OPTIONS" || method == "MESSAGE") {
    respond(request, 200);
  } else {
    respond(request, 405,
            {{"Allow", "INVITE, ACK, CANCEL, BYE, INFO, REFER, UPDATE, NOTIFY, PRACK"}});
  }
}

}  // namespace standin
