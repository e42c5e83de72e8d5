// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_reliable.h"

namespace standin {
namespace {

std::string key_of(const SipMessage& message) {
  return std::string(message.get("Call-ID")) + " " + tag_of(message.get("To"));
}

}  // namespace

void StrictReliable::received_response(const SipMessage& response, const SipMessage& request,
                                       Rules& broken) {
  const bool provisional = response.status > 100 && response.status < 200;
  const bool reliable = has_option(response, "Require", "100rel");
  if (request.method != "INVITE" || response.status >= 200) return;
  if (provisional && !reliable && has_option(request, "Require", "100rel")) {
    broken.push_back("100rel was required");
  }
  if (!reliable) return;
  if (!has_option(request, "Require", "100rel") && !has_option(request, "Supported", "100rel")) {
    broken.push_back("reliable response to a client that knows none");
  }
  const auto rseq = number_in(response, "RSeq");
  auto& last =
      received_[std::string(response.get("Call-ID")) + " " + std::string(request.get("CSeq"))];
  const bool good = last == 0 ? rseq > 0 && rseq < 0x80000000U : rseq == last || rseq == last + 1;
  if (!provisional || !good) broken.push_back("RSeq does not rise by one");
  last = rseq;
}

bool StrictReliable::sent_response(const SipMessage& response) {
  if (response.status <= 100 || response.status >= 200) return false;
  if (!has_option(response, "Require", "100rel")) return false;
  const std::string rack =
      std::string(response.get("RSeq")) + " " + std::string(response.get("CSeq"));
  Sent& newest = sent_[key_of(response)];
  if (newest.rack == rack) return false;  // a repeat
  newest = {rack};
  return true;
}

bool StrictReliable::acknowledged(const SipMessage& response) const {
  const auto found = sent_.find(key_of(response));
  return found == sent_.end() || found->second.acknowledged;
}

void StrictReliable::received_prack(const SipMessage& prack, Rules& broken) {
  const auto found = sent_.find(key_of(prack));
  if (found == sent_.end() || prack.get("RAck") != found->second.rack) {
    return broken.push_back("PRACK whose RAck fits no reliable response");
  }
  if (found->second.acknowledged) broken.push_back("second PRACK to one response");
  found->second.acknowledged = true;
}

}  // namespace standin
