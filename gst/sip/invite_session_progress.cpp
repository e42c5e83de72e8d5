// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/invite_session_progress.h"

#include "sip/bounds.h"

namespace rc::sip {

bool ReliableProgress::take(const Message& response) {
  const std::string tag = response.to_tag();
  const uint32_t rseq = response.number("RSeq").value_or(0);
  if (tag.empty() || rseq == 0) return false;
  const auto known = dialogs_.find(tag);
  if (known == dialogs_.end() && dialogs_.size() >= kMaxForks) return false;
  if (known != dialogs_.end() && rseq != known->second.rseq + 1) return false;
  Early& early = dialogs_[tag];
  early.rseq = rseq;
  if (early.answer.empty()) early.answer = response.sdp();
  return true;
}

std::string ReliableProgress::answer(const std::string& to_tag) const {
  const auto found = dialogs_.find(to_tag);
  return found == dialogs_.end() ? "" : found->second.answer;
}

}  // namespace rc::sip
