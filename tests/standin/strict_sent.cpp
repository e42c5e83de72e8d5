// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What we send, and what the client owes us for it.
#include "strict.h"
#include "strict_answers.h"
#include "strict_keys.h"

namespace standin {
namespace {

// Both answer at once; a machine that is busy with several of these worlds may stall for seconds.
constexpr std::chrono::seconds kPatience{5};

}  // namespace

void Strict::on_sent(const Flow& flow, const SipMessage& message) {
  if (!flow.strict || box_.faults.strict == 0) return;
  if (message.is_request()) {
    sent_request(flow, message);
  } else {
    sent_response(flow, message, false);
  }
}

void Strict::on_raw(const Flow& flow, const std::string& text) {
  raw_flows_.insert(flow.id);
  const auto message = parse_sip(text);
  if (!message || !flow.strict) return;
  if (!message->is_request()) return sent_response(flow, *message, true);
  const auto key = answer_key(*message);
  if (answers_.count(key) == 0) answers_[key] = {flow.id, *message, "", false, false, true};
}

void Strict::sent_request(const Flow& flow, const SipMessage& request) {
  dialogs_.sent_request(request);
  if (request.method == "ACK") return;
  const std::string key = answer_key(request);
  answers_[key] = {flow.id, request};
  if (request.method != "INVITE") return expect_answer(key);
  box_.loop.after(kPatience, [this, key] {
    const auto found = answers_.find(key);
    if (found == answers_.end() || found->second.heard) return;
    box_.log.add_violation(found->second.flow, "no response within 5 s to INVITE", key);
  });
}

void Strict::expect_answer(const std::string& key) {
  box_.loop.after(kPatience, [this, key] {
    const auto found = answers_.find(key);
    if (found == answers_.end()) return;
    const AwaitedAnswer& awaited = found->second;
    const std::string& method = awaited.request.method;
    if (!awaited.answered) {
      box_.log.add_violation(awaited.flow, "no answer within 5 s to " + method, key);
      return;
    }
    if (method != "CANCEL") return;
    const auto invite =
        answers_.find(call_key(awaited.request) + " INVITE " + branch_of(awaited.request));
    if (invite != answers_.end() && !invite->second.answered) {
      box_.log.add_violation(awaited.flow, "cancelled INVITE got no final response", key);
    }
  });
}

void Strict::sent_response(const Flow& flow, const SipMessage& response, bool raw) {
  const auto found = received_.find(transaction_key(response));
  const bool known = found != received_.end();
  digest_.sent_response(response, known ? &found->second.request : nullptr);
  if (!known) return;
  Received& received = found->second;
  received.provisional = true;
  const std::string& method = received.request.method;
  if (method == "INVITE" || method == "UPDATE") dialogs_.sent_response(response);
  if (response.status == 422) {
    least_interval_[std::string(response.get("Call-ID"))] = number_in(response, "Min-SE");
  }
  if (method != "INVITE") return;
  if (reliable_.sent_response(response) && !raw) expect_prack(flow, response);
  if (response.status >= 200) sent_final(flow, response, received.request, raw);
}

void Strict::sent_final(const Flow& flow, const SipMessage& response, const SipMessage& invite,
                        bool raw) {
  const std::string key = ack_key(response);
  acks_[key] = {flow.id, response.status, invite, raw};
  if (!raw) expect_ack(key);
}

void Strict::expect_ack(const std::string& key) {
  box_.loop.after(kPatience, [this, key] {
    const auto found = acks_.find(key);
    if (found == acks_.end() || found->second.seen) return;
    box_.log.add_violation(found->second.flow,
                           "no ACK within 5 s to " + std::to_string(found->second.status), key);
  });
}

void Strict::expect_prack(const Flow& flow, const SipMessage& response) {
  box_.loop.after(kPatience, [this, id = flow.id, response] {
    if (reliable_.acknowledged(response) || box_.flows.find(id) == nullptr) return;
    box_.log.add_violation(id, "no PRACK within 5 s", response.to_text());
  });
}

void Strict::on_closed(const Flow& flow) {
  sdp_.on_lost();
  digest_.on_lost();
  std::erase_if(acks_, [&](const auto& entry) { return entry.second.flow == flow.id; });
  // Nothing is owed over a dead socket; but a 2xx to INVITE is repeated end to end until its ACK
  // (RFC 3261 13.3.1.4), over the next one.
  std::erase_if(answers_, [&](const auto& entry) {
    return entry.second.flow == flow.id && entry.second.request.method != "INVITE";
  });
  for (auto& [key, awaited] : answers_)
    if (awaited.flow == flow.id) awaited.heard = true;
}

}  // namespace standin
