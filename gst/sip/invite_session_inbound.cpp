// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_inbound.h"

#include <algorithm>
#include <utility>

#include "core/random.h"
#include "core/text.h"

namespace rc::sip {
namespace {

constexpr size_t kTagCharacters = 20;

}  // namespace

InboundSession::InboundSession(std::shared_ptr<UserAgentCore> core, Owner* owner,
                               const std::shared_ptr<ServerTransaction>& transaction)
    : SessionBase(std::move(core), owner, transaction->request().call_id(),
                  random_token(kTagCharacters)),
      invite_(transaction->request()) {
  dialog_ = Dialog::callee(invite_, local_tag());
  note_allow(invite_);
  answer_.begin(transaction);
}

void InboundSession::start() {
  std::chrono::seconds limit = core_->options().ring_limit;
  if (const auto expires = invite_.number("Expires"); expires && *expires > 0) {
    limit = std::min(limit, std::chrono::seconds(*expires));
  }
  arm_ring_limit(limit);
}

std::string InboundSession::remote_uri() const {
  const auto from = invite_.from();
  return from ? from->uri.to_string() : "";
}

void InboundSession::ring() {
  if (phase_ != Phase::kEarly) return;
  answer_.ring([this] {
    begin_end({EndReason::Who::kFailure, 504, "our ringing was not acknowledged", {}}, {});
  });
}

void InboundSession::end_early(const std::string&) {
  answer_.refuse(why_.status, why_.text);
  core_->defer([session = self(), this] { finish(why_); });
}

void InboundSession::on_cancelled(const Message& cancel) {
  finish({EndReason::Who::kRemote, 487, reason_text(cancel),
          clean_text(cancel.header("Reason").value_or(""))});
}

}  // namespace rc::sip
