// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "sip/message.h"

namespace rc::sip {

// RFC 3261 17 with RFC 6026, for a reliable transport only: no timer repeats a request or response
// (A, E, G), and the timers that wait for repeats (D, I, J, K) are zero.
constexpr std::chrono::milliseconds kT1{500};
constexpr std::chrono::milliseconds kT2{4000};
constexpr auto kTransactionLimit = 64 * kT1;  // timers B, F, H, L, M: 32 s

// Where transactions put their messages; drops them when there is no socket.
class MessageSender {
 public:
  virtual ~MessageSender() = default;
  virtual void send_message(const Message& message) = 0;
};

// ICT and NICT: one request of ours and its responses.
// Owned by the TransactionLayer until it has terminated. Thread: signalling.
class ClientTransaction : public std::enable_shared_from_this<ClientTransaction> {
 public:
  enum class State {
    kTrying,      // no response yet ("Calling" of an INVITE); timers B and F run
    kProceeding,  // provisional response; F runs on, B does not
    kAccepted,    // INVITE only: 2xx; further 2xx of forks and repeats pass for timer M
    kTerminated,
  };
  // Each response once, in order: provisional ones, then one final; in kAccepted every 2xx.
  // Instead of a final response one Error: kTimeout (timer B or F) or kNetwork.
  using Handler = std::function<void(const Result<Message>&)>;

  ClientTransaction(Clock& clock, MessageSender& sender, Message request, Handler handler);

  void start();  // sends the request
  void receive(const Message& response);
  // The socket is gone: reports kNetwork at once, by a timer of zero, unless a final response came.
  // In kAccepted it stays, for the repeats of the 2xx may come over the next socket.
  void transport_lost(const Error& reason);
  // Its INVITE is cancelled, or of no use any more: from now on a final response is waited for
  // 64*T1 only, though there was a provisional one (RFC 3261 9.1).
  void give_up();
  // Ends it without a word to the handler.
  void terminate();

  State state() const { return state_; }
  const Message& request() const { return request_; }

 private:
  bool is_invite() const { return request_.method() == "INVITE"; }
  void arm_limit();
  void receive_final(const Message& response);
  void finish(const Result<Message>& outcome);
  void send_ack(const Message& response);

  Clock& clock_;
  MessageSender& sender_;
  const Message request_;
  Handler handler_;
  State state_ = State::kTrying;
  bool given_up_ = false;
  Timer timer_;  // B or F, then M
};

// IST and NIST: one request of theirs and our responses.
// Owned by the TransactionLayer until it has terminated. Thread: signalling.
class ServerTransaction : public std::enable_shared_from_this<ServerTransaction> {
 public:
  enum class State {
    kTrying,      // nothing sent
    kProceeding,  // provisional response sent
    kCompleted,   // INVITE only: 300-699 sent; waits for the ACK for timer H
    kAccepted,    // INVITE only: 2xx sent; absorbs repeats of the INVITE for timer L
    kTerminated,
  };

  ServerTransaction(Clock& clock, MessageSender& sender, Message request);

  void respond(Message response);
  // A repeat of the request, or the ACK. True: dealt with. False: an ACK to a 2xx, which is the
  // dialog's (it has its own branch, but RingCentral's SDK, and so maybe others, re-uses it).
  bool receive(const Message& request);
  bool answered() const { return state_ != State::kTrying && state_ != State::kProceeding; }

  State state() const { return state_; }
  const Message& request() const { return request_; }

 private:
  bool is_invite() const { return request_.method() == "INVITE"; }
  void repeat_last();

  Clock& clock_;
  MessageSender& sender_;
  const Message request_;
  State state_ = State::kTrying;
  std::unique_ptr<Message> last_;  // last response, for repeats of the request
  Timer timer_;                    // H or L
};

}  // namespace rc::sip
