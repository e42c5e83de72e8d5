// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The part of a leg that is called: the responses to the client's INVITE.
#include "leg.h"

namespace standin {
namespace {

constexpr std::chrono::milliseconds kT1{500};

}  // namespace

SipMessage Leg::response_to_invite(int status, const std::string& sdp) const {
  auto response = make_response(*waiting_invite_, status, default_reason(status), local_tag_);
  const bool dialog = status < 300;
  if (dialog) {
    for (const auto& header : invite_headers_) response.add(header.name, header.value);
    response.add("Contact", contact());
  }
  if (!sdp.empty()) response.add("Content-Type", "application/sdp");
  response.body = sdp;
  const bool first = state_ == State::kInviting;  // not a re-INVITE
  if (first) apply_headers(response, sip_.headers);
  if (first && status >= 200 && dialog) apply_headers(response, sip_.ok_headers);
  return response;
}

void Leg::progress(int status, const std::string& sdp) {
  if (!waiting_invite_) return;
  auto response = response_to_invite(status, sdp);
  if (status < 200 && may_be_reliable()) {
    send_reliable(std::move(response));
  } else {
    send_on(waiting_flow_, response);
  }
  mark(std::to_string(status) + "_sent");
}

// A 2xx waits for the PRACK of what went before it (RFC 3262 3).
void Leg::accept(const std::string& sdp) {
  if (!waiting_invite_) return;
  if (unacknowledged_) {
    accept_later_ = sdp;
    return;
  }
  progress(200, sdp);
  waiting_invite_.reset();
  state_ = State::kAnswered;
}

void Leg::reject(int status) {
  if (!waiting_invite_) return;
  auto response = response_to_invite(status, "");
  if (status == 422) response.add("Min-SE", std::to_string(sip_.min_se));
  send_on(waiting_flow_, response);
  mark(std::to_string(status) + "_sent");
  waiting_invite_.reset();
  unacknowledged_.reset();
  if (state_ == State::kInviting) state_ = State::kEnded;
}

bool Leg::interval_too_small() const {
  const auto interval = waiting_invite_ ? number_in(*waiting_invite_, "Session-Expires") : 0;
  return interval > 0 && interval < static_cast<std::uint64_t>(sip_.min_se);
}

bool Leg::may_be_reliable() const {
  return sip_.reliable && (has_option(*waiting_invite_, "Supported", "100rel") ||
                           has_option(*waiting_invite_, "Require", "100rel"));
}

void Leg::send_reliable(SipMessage response) {
  rseq_ = rseq_ == 0 ? static_cast<std::uint32_t>(g_random_int_range(1, 1000000)) : rseq_ + 1;
  response.add("Require", "100rel").add("RSeq", std::to_string(rseq_));
  unacknowledged_ = response;
  send_on(waiting_flow_, response);
  repeat_reliable(rseq_, kT1);
}

// RFC 3262 3: doubled waits, and the end of the call after 64 times T1.
void Leg::repeat_reliable(std::uint32_t rseq, std::chrono::milliseconds wait) {
  box_.loop.after(wait, [weak = weak_from_this(), rseq, wait] {
    const auto leg = weak.lock();
    if (leg == nullptr || leg->rseq_ != rseq || !leg->unacknowledged_) return;
    if (wait > 32 * kT1) return leg->reject(504);
    leg->send_on(leg->waiting_flow_, *leg->unacknowledged_);
    leg->repeat_reliable(rseq, 2 * wait);
  });
}

void Leg::receive_prack(const SipMessage& request) {
  const std::string expected =
      waiting_invite_ ? std::to_string(rseq_) + " " + std::string(waiting_invite_->get("CSeq"))
                      : "";
  if (!unacknowledged_ || request.get("RAck") != expected) {
    mark("prack_unmatched");
    return respond(request, 481);
  }
  mark("prack");
  respond(request, 200);
  unacknowledged_.reset();
  if (!accept_later_) return;
  const std::string sdp = *accept_later_;
  accept_later_.reset();
  accept(sdp);
}

}  // namespace standin
