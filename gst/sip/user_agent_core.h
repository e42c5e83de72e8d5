// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.h"
#include "sip/digest.h"
#include "sip/transaction_layer.h"
#include "sip/user_agent.h"

namespace rc::sip {

// What the sessions, the registration and the router of one user agent share: identity, socket,
// transactions, credentials. Shared by them; the clock outlives it. Thread: signalling.
class UserAgentCore : public MessageSender, public std::enable_shared_from_this<UserAgentCore> {
 public:
  UserAgentCore(Clock& clock, UserAgent::Options options);

  Clock& clock() { return clock_; }
  const UserAgent::Options& options() const { return options_; }
  TransactionLayer& transactions() { return transactions_; }
  DigestSession& digest() { return digest_; }

  void attach(Transport& transport);
  void detach(const Error& reason);
  bool attached() const { return transport_ != nullptr; }
  uint64_t attachments() const { return attachments_; }  // counts sockets
  // Ends all transactions and deferred tasks without a word.
  void close();
  void send_message(const Message& message) override;

  // A request outside dialogs: From with a new tag, To = target, Max-Forwards, CSeq; no Via yet.
  Message request(const std::string& method, const std::string& target, const std::string& call_id);
  uint32_t next_cseq() { return ++cseq_; }
  // A Via with a fresh branch instead of the one it has, and User-Agent.
  void stamp(Message& request);
  // <sip:...;transport=ws>: the same for all sockets, so that dialogs live on.
  const std::string& contact() const { return contact_; }

  // A response with what ours always have; `local_tag` as in response_to().
  Message response(const Message& request, int status, const std::string& local_tag,
                   std::string_view phrase = {}) const;

  // Runs the task from a timer of zero: how a method avoids calling back from inside itself.
  void defer(std::function<void()> task);

  // Sends a BYE that found no socket over the next one, if that comes within 32 s: else the server
  // would keep a call that is over for us.
  void send_bye_later(Message bye);

 private:
  struct Farewell {
    Message bye;
    Clock::Duration until;
  };
  void run_deferred();

  Clock& clock_;
  const UserAgent::Options options_;
  DigestSession digest_;
  TransactionLayer transactions_;
  Transport* transport_ = nullptr;
  uint64_t attachments_ = 0;
  uint32_t cseq_;
  std::string host_, contact_, from_;
  std::deque<std::function<void()>> deferred_;
  Timer run_deferred_;
  std::vector<Farewell> farewells_;
};

// "<- 200 OK (INVITE, call-id)": what the log says of a message.
std::string head_of(const Message& message);

// The methods we understand, for Allow and 405.
constexpr std::string_view kAllow =
    "INVITE, ACK, CANCEL, BYE, OPTIONS, INFO, MESSAGE, NOTIFY, UPDATE";

}  // namespace rc::sip
