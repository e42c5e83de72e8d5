// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/user_agent_core.h"

#include <utility>

#include "core/log.h"
#include "core/random.h"
#include "core/text.h"
#include "sip/challenge.h"

namespace rc::sip {
namespace {

constexpr size_t kTokenCharacters = 20;  // 103 bits
constexpr uint32_t kFirstCseqBelow = 10'000;

DigestSession::Options digest_options(const Account& account) {
  return {{account.authorization_user, account.password}, {account.domain}, {}};
}

std::string own_address(const Account& account) {
  NameAddr address;
  address.display = account.display_name;
  address.uri.user = escape_user(account.username);
  address.uri.host = account.domain;
  return address.to_string();
}

}  // namespace

UserAgentCore::UserAgentCore(Clock& clock, UserAgent::Options options)
    : clock_(clock),
      options_(std::move(options)),
      digest_(digest_options(options_.account)),
      transactions_(clock, *this),
      cseq_(random_number(kFirstCseqBelow)),
      host_(random_token(kTokenCharacters) + ".invalid"),  // RFC 7118 5: no address of our own
      contact_("<sip:" + random_token(kTokenCharacters) + "@" + host_ + ";transport=ws>"),
      from_(own_address(options_.account)) {}

void UserAgentCore::attach(Transport& transport) {
  transport_ = &transport;
  ++attachments_;
  digest_.forget();  // it may be another server
  const auto now = clock_.now();
  for (auto& farewell : std::exchange(farewells_, {})) {
    if (farewell.until < now) continue;
    AuthenticatedRequest::send(shared_from_this(), std::move(farewell.bye),
                               [](const Result<Message>&) {});
  }
}

void UserAgentCore::detach(const Error& reason) {
  transport_ = nullptr;
  transactions_.transport_lost(reason);
}

void UserAgentCore::close() {
  transport_ = nullptr;
  transactions_.clear();
  deferred_.clear();
  run_deferred_.cancel();
}

void UserAgentCore::send_message(const Message& message) {
  RC_LOG(kSip, LOG, (attached() ? "-> " : "no socket for ") + head_of(message));
  if (!attached()) return;
  std::string bytes = message.to_bytes();
  RC_LOG(kSip, TRACE, "->\n" + bytes);
  transport_->send(std::move(bytes));
}

Message UserAgentCore::request(const std::string& method, const std::string& target,
                               const std::string& call_id) {
  Message request = Message::request(method, Uri{});
  request.set_request_uri(target);
  request.add("Max-Forwards", "70");
  request.add("From", from_ + ";tag=" + random_token(kTokenCharacters));
  request.add("To", "<" + target + ">");
  request.add("Call-ID", call_id.empty() ? random_token(kTokenCharacters) : call_id);
  request.set_cseq({next_cseq(), method});
  return request;
}

void UserAgentCore::stamp(Message& request) {
  request.remove("Via");
  request.prepend("Via", "SIP/2.0/WSS " + host_ + ";branch=" + std::string(kBranchCookie) +
                             random_token(kTokenCharacters));
  request.set("User-Agent", options_.product);
}

Message UserAgentCore::response(const Message& request, int status, const std::string& local_tag,
                                std::string_view phrase) const {
  Message response = response_to(request, status, local_tag, phrase);
  response.set("User-Agent", options_.product);
  if (status == 405) response.set("Allow", kAllow);
  // Contact: where the requests of the dialog are to go (12.1.1).
  const bool refreshes = request.method() == "INVITE" || request.method() == "UPDATE";
  if (refreshes && status > 100 && status < 300) {
    response.set("Contact", contact_);
    response.set("Allow", kAllow);
    response.set("Supported", "timer");
  }
  return response;
}

void UserAgentCore::defer(std::function<void()> task) {
  deferred_.push_back(std::move(task));
  if (deferred_.size() > 1) return;
  run_deferred_ = clock_.after(Clock::Duration::zero(), [weak = weak_from_this()] {
    if (auto self = weak.lock()) self->run_deferred();
  });
}

void UserAgentCore::run_deferred() {
  // Tasks that are deferred meanwhile arm a timer of their own.
  for (const auto& task : std::exchange(deferred_, {})) task();
}

void UserAgentCore::send_bye_later(Message bye) {
  farewells_.push_back({std::move(bye), clock_.now() + kTransactionLimit});
}

std::string head_of(const Message& message) {
  const auto cseq = message.cseq();
  std::string head = message.is_request()
                         ? message.method() + " " + message.request_uri()
                         : std::to_string(message.status()) + " " + message.reason() + " to " +
                               (cseq ? cseq->method : "?");
  return clean_text(head + " (call-id " + message.call_id() + ")");
}

}  // namespace rc::sip
