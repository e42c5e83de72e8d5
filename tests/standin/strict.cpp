// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict.h"

#include "strict_grammar.h"

namespace standin {
namespace {

// Both answer at once; a machine that is busy with several of these worlds may stall for seconds.
constexpr std::chrono::seconds kPatience{5};

std::string call_key(const SipMessage& message) {
  const auto cseq = cseq_of(message);
  return std::string(message.get("Call-ID")) + " " + std::to_string(cseq ? cseq->number : 0);
}

std::string transaction_key(const SipMessage& message) {
  const auto cseq = cseq_of(message);
  return call_key(message) + " " + (cseq ? cseq->method : "");
}

}  // namespace

std::vector<std::string> Strict::judge(Flow& flow, const std::string& raw,
                                       const SipMessage& message) {
  if (starts_with(message.get("User-Agent"), "gst-ringcentral")) flow.strict = true;
  if (!flow.strict || box_.faults.strict == 0) return {};
  Faults faults = grammar_faults(raw, message);
  if (message.is_request()) {
    judge_request(flow, message, faults);
  } else {
    judge_response(flow, message, faults);
  }
  for (const auto& fault : faults) box_.log.add_violation(flow.id, fault, raw);
  return faults;
}

void Strict::unreadable(const Flow& flow, const std::string& raw) {
  if (flow.strict) box_.log.add_violation(flow.id, "not a SIP message", raw);
}

// --- what the client asks

void Strict::judge_request(const Flow&, const SipMessage& request, Faults& faults) {
  if (request.method == "ACK") return judge_ack(request, faults);
  if (request.method == "CANCEL") return judge_cancel(request, faults);
  if (!branches_.insert(branch_of(request)).second) faults.push_back("branch used before");
  Dialog& dialog = dialogs_[std::string(request.get("Call-ID"))];
  const auto cseq = cseq_of(request);
  if (cseq && dialog.any_request && cseq->number <= dialog.last_cseq) {
    faults.push_back("CSeq does not rise");
  }
  if (cseq) dialog.last_cseq = cseq->number;
  dialog.any_request = true;
  if (!tag_of(request.get("To")).empty()) judge_in_dialog(request, faults);
  dialog.client_tag = tag_of(request.get("From"));
  if (request.method == "INVITE") invites_[call_key(request)] = request;
}

void Strict::judge_in_dialog(const SipMessage& request, Faults& faults) {
  const Dialog& dialog = dialogs_[std::string(request.get("Call-ID"))];
  if (!dialog.contact.empty() && request.uri != dialog.contact) {
    faults.push_back("Request-URI is not the dialog's remote target");
  }
  if (!dialog.client_tag.empty() && tag_of(request.get("From")) != dialog.client_tag) {
    faults.push_back("From tag changed inside the dialog");
  }
}

// RFC 3261 9.1: everything as in the INVITE, nothing to cancel once it was answered.
void Strict::judge_cancel(const SipMessage& request, Faults& faults) {
  const auto invite = invites_.find(call_key(request));
  if (invite == invites_.end()) return faults.push_back("CANCEL for no INVITE");
  const SipMessage& original = invite->second;
  if (branch_of(request) != branch_of(original)) faults.push_back("CANCEL with another branch");
  if (request.uri != original.uri) faults.push_back("CANCEL with another Request-URI");
  if (request.get("To") != original.get("To") || request.get("From") != original.get("From")) {
    faults.push_back("CANCEL with another From or To");
  }
}

// RFC 3261 17.1.1.3 for failures, 13.2.2.4 for success.
void Strict::judge_ack(const SipMessage& request, Faults& faults) {
  const auto found = acks_.find(call_key(request));
  if (found == acks_.end()) return faults.push_back("ACK whose CSeq fits no final response");
  AwaitedAck& awaited = found->second;
  awaited.seen = true;
  const bool same_branch = branch_of(request) == awaited.branch;
  if (awaited.status >= 300 && !same_branch) {
    faults.push_back("ACK to a failure needs the INVITE's branch");
  }
  if (awaited.status < 300 && same_branch) faults.push_back("ACK to 2xx needs a new branch");
  if (request.uri != awaited.uri) faults.push_back("ACK with a wrong Request-URI");
  if (tag_of(request.get("To")) != awaited.to_tag) faults.push_back("ACK with a wrong To tag");
}

// --- what the client answers

void Strict::judge_response(const Flow& flow, const SipMessage& response, Faults& faults) {
  const auto found = answers_.find(transaction_key(response));
  if (found == answers_.end()) {
    if (raw_flows_.count(flow.id) == 0) faults.push_back("response to no request");
    return;
  }
  AwaitedAnswer& awaited = found->second;
  if (awaited.raw) return;
  const bool success = response.status >= 200 && response.status < 300;
  const bool repeated_ok = success && awaited.request.method == "INVITE";
  if (awaited.answered && !repeated_ok) faults.push_back("second final response");
  awaited.heard = true;
  if (response.status >= 200) awaited.answered = true;
  if (response.get("Via") != awaited.request.get("Via")) faults.push_back("Via not copied");
  if (response.get("From") != awaited.request.get("From")) faults.push_back("From not copied");
  const auto to = response.get("To");
  const auto asked = awaited.request.get("To");
  if (uri_of(to) != uri_of(asked)) faults.push_back("To not copied");
  const std::string tag = tag_of(to);
  if (!tag_of(asked).empty() && tag != tag_of(asked)) faults.push_back("To tag changed");
  if (!tag.empty() && !awaited.to_tag.empty() && tag != awaited.to_tag) {
    faults.push_back("To tag differs between responses");
  }
  if (awaited.to_tag.empty()) awaited.to_tag = tag;
  // The client's own tag of a dialog that we opened.
  if (response.status > 100 && awaited.request.method == "INVITE") {
    dialogs_[std::string(response.get("Call-ID"))].client_tag = tag;
  }
}

// --- what we send

void Strict::on_sent(const Flow& flow, const SipMessage& message) {
  if (!flow.strict || box_.faults.strict == 0) return;
  const auto cseq = cseq_of(message);
  const bool opens_dialog =
      message.count("Contact") > 0 && cseq && cseq->method == "INVITE" && message.status < 300;
  if (opens_dialog) {
    dialogs_[std::string(message.get("Call-ID"))].contact = uri_of(message.get("Contact"));
  }
  if (message.is_request()) {
    sent_request(flow, message);
  } else {
    sent_response(flow, message);
  }
}

void Strict::sent_request(const Flow& flow, const SipMessage& request) {
  if (request.method == "ACK") return;
  const std::string key = transaction_key(request);
  answers_[key] = {flow.id, request};
  if (request.method != "INVITE") return expect_answer(key, "no answer within 5 s to ");
  box_.loop.after(kPatience, [this, key] {
    const auto found = answers_.find(key);
    if (found == answers_.end() || found->second.heard) return;
    box_.log.add_violation(found->second.flow, "no response within 5 s to INVITE", key);
  });
}

void Strict::on_raw(const Flow& flow, const std::string& text) {
  raw_flows_.insert(flow.id);
  const auto message = parse_sip(text);
  if (!message || !flow.strict) return;
  if (!message->is_request()) return sent_response(flow, *message);
  const auto key = transaction_key(*message);
  if (answers_.count(key) == 0) answers_[key] = {flow.id, *message, "", false, false, true};
}

void Strict::expect_answer(const std::string& key, const char* rule) {
  box_.loop.after(kPatience, [this, key, rule] {
    const auto found = answers_.find(key);
    if (found == answers_.end()) return;
    const AwaitedAnswer& awaited = found->second;
    if (!awaited.answered) {
      box_.log.add_violation(awaited.flow, rule + awaited.request.method, key);
      return;
    }
    if (awaited.request.method != "CANCEL") return;
    const auto invite = answers_.find(call_key(awaited.request) + " INVITE");
    if (invite != answers_.end() && !invite->second.answered) {
      box_.log.add_violation(awaited.flow, "cancelled INVITE got no final response", key);
    }
  });
}

void Strict::sent_response(const Flow& flow, const SipMessage& response) {
  const auto cseq = cseq_of(response);
  const std::string key = call_key(response);
  const auto invite = invites_.find(key);
  if (response.status < 200 || !cseq || cseq->method != "INVITE" || invite == invites_.end()) {
    return;
  }
  const bool success = response.status < 300;
  acks_[key] = {flow.id,
                response.status,
                branch_of(invite->second),
                success ? uri_of(response.get("Contact")) : invite->second.uri,
                tag_of(response.get("To")),
                false};
  expect_ack(key);
}

void Strict::expect_ack(const std::string& key) {
  box_.loop.after(kPatience, [this, key] {
    const auto found = acks_.find(key);
    if (found == acks_.end() || found->second.seen) return;
    box_.log.add_violation(found->second.flow,
                           "no ACK within 5 s to " + std::to_string(found->second.status), key);
  });
}

void Strict::on_closed(const Flow& flow) {
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
