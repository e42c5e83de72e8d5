// SPDX-License-Identifier: LGPL-2.1-or-later
// Our refreshes of a call with a session timer (RFC 4028 7.4).
#include "sip/invite_session_base.h"

namespace rc::sip {

void SessionBase::note_allow(const Message& message) {
  if (message.has("Allow")) takes_update_ = message.has_token("Allow", "UPDATE");
}

// By UPDATE where they take it, for it leaves the media alone.
void SessionBase::refresh() {
  if (!established() || !update_.expired()) return;
  if (!takes_update_) {
    if (listener_ != nullptr) listener_->on_refresh_due();
    return;
  }
  Message update = dialog_->make_request("UPDATE");
  update.add("Contact", core_->contact());
  update.add("Allow", kAllow);
  session_timer_.ask(update);
  update_ = AuthenticatedRequest::send(
      core_, std::move(update),
      [session = self()](const Result<Message>& last) { session->on_refreshed(last); },
      next_cseq());
}

void SessionBase::on_refreshed(const Result<Message>& last) {
  if (!established() || (last.ok() && last.value().is_provisional())) return;
  if (is_dead(last)) {
    return end_dead(last.ok() ? last.value().status() : 0, outcome_of(last).error().message);
  }
  if (!last.ok()) return;  // no socket: once more in time
  const Message& response = last.value();
  // Whatever they have against it, a re-INVITE is understood by all.
  if (!response.is_success()) {
    takes_update_ = false;
    return;
  }
  dialog_->refresh_target(response);
  note_allow(response);
  if (const auto update = update_.lock()) session_timer_.take_answer(update->request(), response);
}

}  // namespace rc::sip
