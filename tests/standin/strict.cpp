// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the client sends; what it owes us is in strict_sent.cpp.
#include "strict.h"

#include "strict_answers.h"
#include "strict_keys.h"

namespace standin {

Rules Strict::judge(Flow& flow, const std::string& raw, const SipMessage& message) {
  if (starts_with(message.get("User-Agent"), "gst-ringcentral")) flow.strict = true;
  if (!flow.strict || box_.faults.strict == 0) return {};
  Rules broken = grammar_faults(raw, message);
  sdp_.received(message, broken);
  if (message.is_request()) {
    judge_request(message, broken);
  } else {
    judge_response(flow, raw, message, broken);
  }
  for (const auto& rule : broken) box_.log.add_violation(flow.id, rule, raw);
  return broken;
}

void Strict::unreadable(const Flow& flow, const std::string& raw) {
  if (flow.strict) box_.log.add_violation(flow.id, "not a SIP message", raw);
}

void Strict::judge_request(const SipMessage& request, Rules& broken) {
  if (request.method == "ACK") return judge_ack(request, broken);
  if (request.method == "CANCEL") return judge_cancel(request, broken);
  if (!branches_.insert(branch_of(request)).second) broken.push_back("branch used before");
  dialogs_.received_request(request, broken);
  digest_.received_request(request, broken);
  check_interval(request, least_interval_[std::string(request.get("Call-ID"))], broken);
  if (request.method == "PRACK") reliable_.received_prack(request, broken);
  received_[transaction_key(request)] = {request};
}

// RFC 3261 9.1: everything as in the INVITE, nothing to cancel before a provisional response.
void Strict::judge_cancel(const SipMessage& request, Rules& broken) {
  const auto found = received_.find(call_key(request) + " INVITE");
  if (found == received_.end()) return broken.push_back("CANCEL for no INVITE");
  const SipMessage& invite = found->second.request;
  if (!found->second.provisional) broken.push_back("CANCEL before a provisional response");
  if (branch_of(request) != branch_of(invite)) broken.push_back("CANCEL with another branch");
  if (request.list("Via").size() != 1) broken.push_back("CANCEL with more than one Via");
  if (request.uri != invite.uri) broken.push_back("CANCEL with another Request-URI");
  if (request.get("To") != invite.get("To") || request.get("From") != invite.get("From")) {
    broken.push_back("CANCEL with another From or To");
  }
  if (request.list("Route") != invite.list("Route")) broken.push_back("CANCEL with another Route");
}

void Strict::judge_ack(const SipMessage& request, Rules& broken) {
  const auto found = acks_.find(ack_key(request));
  if (found == acks_.end()) {
    const auto other = acks_.lower_bound(call_key(request) + " ");
    const bool same_call =
        other != acks_.end() && starts_with(other->first, call_key(request) + " ");
    return broken.push_back(same_call ? "ACK with a wrong To tag"
                                      : "ACK whose CSeq fits no final response");
  }
  AwaitedAck& awaited = found->second;
  awaited.seen = true;
  if (request.get("From") != awaited.invite.get("From")) broken.push_back("ACK with another From");
  if (awaited.status >= 300) {
    judge_ack_of_failure(request, awaited.invite, broken);
  } else {
    judge_ack_of_success(request, awaited.invite, broken);
  }
}

// RFC 3261 17.1.1.3: the INVITE's own, hop by hop.
void Strict::judge_ack_of_failure(const SipMessage& ack, const SipMessage& invite, Rules& broken) {
  if (branch_of(ack) != branch_of(invite)) {
    broken.push_back("ACK to a failure needs the INVITE's branch");
  }
  if (ack.list("Via").size() != 1) broken.push_back("ACK to a failure with more than one Via");
  if (ack.uri != invite.uri) broken.push_back("ACK with a wrong Request-URI");
  if (ack.list("Route") != invite.list("Route")) broken.push_back("ACK with another Route");
}

// RFC 3261 13.2.2.4: a request of the dialog, with the credentials of the INVITE.
void Strict::judge_ack_of_success(const SipMessage& ack, const SipMessage& invite, Rules& broken) {
  if (branch_of(ack) == branch_of(invite)) broken.push_back("ACK to 2xx needs a new branch");
  for (const char* name : {"Authorization", "Proxy-Authorization"}) {
    if (ack.get(name) != invite.get(name)) {
      broken.push_back("ACK to 2xx without the credentials of the INVITE");
    }
  }
  dialogs_.check_route(ack, broken);
}

void Strict::judge_response(const Flow& flow, const std::string& raw, const SipMessage& response,
                            Rules& broken) {
  const auto found = answers_.find(answer_key(response));
  if (found == answers_.end()) {
    if (raw_flows_.count(flow.id) == 0) broken.push_back("response to no request");
    return;
  }
  AwaitedAnswer& awaited = found->second;
  if (awaited.raw) return;
  const bool success = response.status >= 200 && response.status < 300;
  const bool repeated_ok = success && awaited.request.method == "INVITE";
  if (awaited.answered && !repeated_ok) {
    broken.push_back(response.status < 200 ? "provisional response after the final one"
                                           : "second final response");
  }
  awaited.heard = true;
  if (response.status >= 200) awaited.answered = true;
  Rules ours;
  check_characters(awaited.request.to_text(), awaited.request, ours);
  if (ours.empty()) check_characters(raw, response, broken);
  check_answer(response, awaited.request, broken);
  reliable_.received_response(response, awaited.request, broken);
  const std::string tag = tag_of(response.get("To"));
  if (!tag.empty() && !awaited.to_tag.empty() && tag != awaited.to_tag) {
    broken.push_back("To tag differs between responses");
  }
  if (awaited.to_tag.empty()) awaited.to_tag = tag;
  if (awaited.request.method == "INVITE") dialogs_.received_response(response);
}

}  // namespace standin
