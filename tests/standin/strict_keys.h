// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "sip_text.h"

namespace standin {

// By what the judge finds a message again.
inline std::string call_key(const SipMessage& message) {
  const auto cseq = cseq_of(message);
  return std::string(message.get("Call-ID")) + " " + std::to_string(cseq ? cseq->number : 0);
}

inline std::string transaction_key(const SipMessage& message) {
  const auto cseq = cseq_of(message);
  return call_key(message) + " " + (cseq ? cseq->method : "");
}

// Of a request of ours and its responses: an INVITE that comes by two ways has two of them.
inline std::string answer_key(const SipMessage& message) {
  return transaction_key(message) + " " + branch_of(message);
}

// Of an ACK, or of the final response that it acknowledges.
inline std::string ack_key(const SipMessage& message) {
  return call_key(message) + " " + tag_of(message.get("To"));
}

}  // namespace standin
