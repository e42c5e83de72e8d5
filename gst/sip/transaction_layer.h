// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <memory>
#include <string>

#include "sip/transaction.h"

namespace rc::sip {

// All transactions of one user agent, found by branch and method. Thread: signalling.
class TransactionLayer {
 public:
  // At most so many live server transactions. One that is answered, and stays only for an ACK or
  // repeats, makes room for the next request, so that nobody fills the table with refusals.
  static constexpr size_t kMaxServer = 256;

  TransactionLayer(Clock& clock, MessageSender& sender) : clock_(clock), sender_(sender) {}
  ~TransactionLayer() { clear(); }
  TransactionLayer(const TransactionLayer&) = delete;
  TransactionLayer& operator=(const TransactionLayer&) = delete;

  // `request` has our Via with a fresh branch. Does not call the handler before it returns.
  std::shared_ptr<ClientTransaction> send(Message request, ClientTransaction::Handler handler);
  // False: no transaction waits for it.
  bool receive_response(const Message& response);

  // The transaction that a request of theirs belongs to: a repeat of it, the INVITE of an ACK.
  std::shared_ptr<ServerTransaction> find(const Message& request);
  // The INVITE that a CANCEL means (same branch and sent-by).
  std::shared_ptr<ServerTransaction> find_cancelled(const Message& cancel);
  // Whether this INVITE has come already by another way (RFC 3261 8.2.2.2): same From tag,
  // Call-ID and CSeq in another transaction.
  bool is_merged(const Message& invite);
  // Null when there are kMaxServer already and none is answered: 503.
  std::shared_ptr<ServerTransaction> create(const Message& request);

  void transport_lost(const Error& reason);
  void clear();   // ends all without a word
  size_t size();  // live ones, for tests

 private:
  void purge();
  bool make_room();
  std::shared_ptr<ServerTransaction> find_server(const std::string& key);

  Clock& clock_;
  MessageSender& sender_;
  std::map<std::string, std::shared_ptr<ClientTransaction>> clients_;
  std::map<std::string, std::shared_ptr<ServerTransaction>> servers_;
};

}  // namespace rc::sip
