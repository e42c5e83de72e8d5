// SPDX-License-Identifier: LGPL-2.1-or-later
// What arrives for a session: re-INVITE, BYE, INFO, NOTIFY, UPDATE, CANCEL.
#include <chrono>

#include "core/random.h"
#include "core/text.h"
#include "sip/invite_session_base.h"

namespace rc::sip {
namespace {

constexpr std::chrono::seconds kReofferLimit{30};

}  // namespace

bool SessionBase::is_from_peer(const Message& request) const {
  // Before an answer any fork may speak; a peer of RFC 2543 has no tag at all.
  if (!dialog_ || (outbound() && phase_ == Phase::kEarly)) return true;
  return dialog_->remote_tag().empty() || dialog_->remote_tag() == request.from_tag();
}

void SessionBase::receive(const std::shared_ptr<ServerTransaction>& transaction) {
  const auto keep = self();
  const Message& request = transaction->request();
  const std::string& method = request.method();
  if (dialog_ && method == "INVITE" && dialog_->is_repeated_cseq(request)) {
    return respond(*transaction, 482);  // came by two ways
  }
  if (dialog_ && !dialog_->take_cseq(request)) return respond(*transaction, 500);
  if (method == "INVITE") return receive_offer(transaction);
  if (method == "BYE") return receive_bye(*transaction);
  if (method == "UPDATE") return receive_update(transaction);
  receive_other(*transaction);
}

void SessionBase::respond(ServerTransaction& transaction, int status) {
  transaction.respond(core_->response(transaction.request(), status, local_tag_));
}

bool SessionBase::offer_under_way() const {
  return owes_ack_ || answer_.open() || answer_.waits_for_answer() || reinvite_.has_value();
}

// What their offer is refused with, or 0: only one may be under way in a dialog (RFC 3261 14.2,
// RFC 3311 5.2).
int SessionBase::refusal_of_offer(const Message& request) const {
  if (over()) return 481;
  // Their own before is not answered yet, or an UPDATE is ahead of the ACK: they are to come back.
  const bool update = request.method() == "UPDATE";
  const bool before_ack = answer_.waits_for_ack() && !answer_.waits_for_answer();
  if (answer_.open() || (update && before_ack)) return 500;
  const bool we_wait_after_glare = reinvite_ && reinvite_->request.expired();
  if (phase_ == Phase::kEarly || (offer_under_way() && !we_wait_after_glare)) return 491;
  return listener_ == nullptr ? 488 : 0;
}

void SessionBase::receive_offer(const std::shared_ptr<ServerTransaction>& transaction) {
  if (const int status = refusal_of_offer(transaction->request()); status != 0) {
    Message response = core_->response(transaction->request(), status, local_tag_);
    if (status == 500) response.set("Retry-After", std::to_string(random_number(11)));
    return transaction->respond(std::move(response));
  }
  note_allow(transaction->request());
  answer_.begin(transaction);
  reoffer_ = core_->clock().after(kReofferLimit, [weak = weak_from_this()] {
    if (auto session = weak.lock()) session->answer_.refuse(500);
  });
  listener_->on_reoffer(transaction->request());
}

void SessionBase::receive_cancel(const Message& cancel, const ServerTransaction& invite) {
  if (over() || !answer_.is(invite) || !answer_.open()) return;
  const auto keep = self();
  answer_.refuse(487);
  if (phase_ == Phase::kEarly) return on_cancelled(cancel);
  reoffer_.cancel();
  if (listener_ != nullptr) listener_->on_reoffer_cancelled();
}

void SessionBase::receive_bye(ServerTransaction& transaction) {
  respond(transaction, 200);
  if (answer_.open()) answer_.refuse(487);
  // Both hung up at once: ours was first.
  if (phase_ == Phase::kEnding) return finish(why_);
  const Message& bye = transaction.request();
  const EndReason why{EndReason::Who::kRemote, 200, reason_text(bye),
                      clean_text(bye.header("Reason").value_or(""))};
  // A callee may not send BYE before it has answered; if one does, the INVITE is to end too.
  if (outbound() && phase_ == Phase::kEarly) return begin_end(why, {});
  finish(why);
}

void SessionBase::receive_update(const std::shared_ptr<ServerTransaction>& transaction) {
  const Message& update = transaction->request();
  if (!update.sdp().empty()) return receive_offer(transaction);
  if (dialog_) dialog_->refresh_target(update);
  note_allow(update);
  Message response = core_->response(update, 200, local_tag_);
  if (established()) session_timer_.answer(update, response);
  transaction->respond(std::move(response));
  if (listener_ != nullptr) listener_->on_update(update);
}

void SessionBase::receive_info(ServerTransaction& transaction) {
  const Message& info = transaction.request();
  if (info.has("Info-Package")) {
    // We asked for none (RFC 6086 4.2.2); what RingCentral sends has none.
    Message response = core_->response(info, 469, local_tag_);
    response.set("Recv-Info", "");
    return transaction.respond(std::move(response));
  }
  respond(transaction, 200);
  const auto type = info.content_type();
  if (listener_ != nullptr) listener_->on_info(type ? type->type : "", info.body());
}

void SessionBase::receive_other(ServerTransaction& transaction) {
  const Message& request = transaction.request();
  const std::string& method = request.method();
  if (method == "INFO") {
    receive_info(transaction);
  } else if (method == "NOTIFY") {
    respond(transaction, 200);
    if (listener_ != nullptr) listener_->on_notify(request);
  } else if (method == "OPTIONS") {
    respond(transaction, 200);
  } else if (method == "REFER") {
    respond(transaction, 603);  // nobody makes us dial: toll fraud
  } else if (method == "PRACK") {
    respond(transaction, answer_.take_prack(request) ? 200 : 481);
  } else {
    respond(transaction, 405);
  }
}

std::string reason_text(const Message& message) {
  const std::string_view value = message.header("Reason").value_or("");
  constexpr std::string_view kText = "text=\"";
  const size_t begin = value.find(kText);
  if (begin == std::string_view::npos) return clean_text(value);
  const std::string_view rest = value.substr(begin + kText.size());
  return clean_text(rest.substr(0, rest.find('"')));
}

}  // namespace rc::sip
