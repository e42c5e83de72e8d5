// SPDX-License-Identifier: LGPL-2.1-or-later
#include "pass_call.h"

#include "in_call.h"
#include "sdp_text.h"

namespace standin {

PassCall::PassCall(Box& box, std::shared_ptr<Leg> caller, const Account& from, const Account& to)
    : Call(box, "internal", from.extension, to.extension),
      caller_(std::move(caller)),
      from_(from),
      to_(to) {
  caller_->set_owner(*this);
  caller_->set_invite_headers({ids().header(1)});
}

void PassCall::start(const std::string& offer) {
  offer_ = offer;
  on_mark(*caller_, "invite");
  // One provisional and no more: the SDK takes the second message of a CSeq for the final one.
  caller_->progress(183);
  progress_us_ = now_us();
  ring(to_, offer);
}

void PassCall::ring(const Account& to, const std::string& offer) {
  if (ring_ != nullptr) old_rings_.push_back(std::move(ring_));
  ring_ = std::make_unique<Ring>(
      box_, *this,
      Ring::Listener{[this](auto leg, const auto& sdp) { on_callee_answered(leg, sdp); },
                     [this](int status, const auto& reason, const auto& forward_to) {
                       on_ring_failed(status, reason, forward_to);
                     }});
  ring_->start({to.extension, caller_->peer().instance, from_.extension, from_.name,
                strip_stream_ids(offer)});
}

void PassCall::after_progress(std::function<void()> task) {
  const auto ready = progress_us_ + box_.faults.pause_ms * 1000;
  const auto wait = std::max<gint64>(0, ready - now_us()) / 1000;
  const std::weak_ptr<Call> alive = weak_from_this();
  box_.loop.after(std::chrono::milliseconds(wait), [alive, task = std::move(task)] {
    if (!alive.expired()) task();
  });
}

void PassCall::on_callee_answered(std::shared_ptr<Leg> leg, const std::string& sdp) {
  callee_ = std::move(leg);
  if (!offer_.empty()) callee_->ack();
  after_progress([this, sdp] {
    if (state() == CallState::kEnded) return;
    caller_->accept(strip_stream_ids(sdp));
    set_answered();
  });
}

void PassCall::on_ring_failed(int status, const std::string& reason,
                              const std::string& forward_to) {
  if (const Account* next = box_.directory.by_dialled(forward_to)) return ring(*next, offer_);
  after_progress([this, status, reason] {
    caller_->reject(status);
    set_ended(reason);
  });
}

void PassCall::on_cancelled(Leg&) { end_legs("cancelled"); }

// The answer to a late offer.
void PassCall::on_acked(Leg& leg, const std::string& sdp) {
  if (&leg == caller_.get() && offer_.empty() && callee_ != nullptr) {
    callee_->ack(strip_stream_ids(sdp));
  }
}

Leg* PassCall::other(const Leg& leg) const {
  return &leg == caller_.get() ? callee_.get() : caller_.get();
}

void PassCall::on_offer(Leg& leg, const std::string& sdp) {
  Leg* peer = other(leg);
  if (peer == nullptr || peer->state() != Leg::State::kAnswered) return leg.reject(491);
  peer->offer(strip_stream_ids(sdp));
}

void PassCall::on_offer_answered(Leg& leg, int status, const std::string& sdp) {
  if (status >= 300) return other(leg)->reject(status);
  leg.ack();
  other(leg)->accept(strip_stream_ids(sdp));
}

void PassCall::on_bye(Leg& leg) { end_legs(&leg == caller_.get() ? "caller_bye" : "callee_bye"); }

void PassCall::on_info(Leg& leg, const std::string& body) { answer_info(box_, leg, body); }

void PassCall::on_refer(Leg& leg, const std::string&) {
  const std::weak_ptr<Call> alive = weak_from_this();
  answer_refer(box_, leg, [this, alive] {
    if (!alive.expired()) end_legs("transferred");
  });
}

void PassCall::hang_up() { end_legs("hang_up"); }

void PassCall::end_legs(const std::string& reason) {
  if (state() == CallState::kEnded) return;
  set_ended(reason);
  ring_->cancel();
  caller_->reject(480);  // nothing when it was answered or cancelled
  caller_->bye();
  if (callee_ == nullptr) return;
  callee_->bye();
  const std::weak_ptr<Call> alive = weak_from_this();
  box_.loop.after(box_.pause(), [this, alive] {
    if (!alive.expired()) ring_->send_freed();
  });
}

}  // namespace standin
