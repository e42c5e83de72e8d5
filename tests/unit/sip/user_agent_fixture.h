// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/fake_transport.h"
#include "sip/message.h"
#include "sip/user_agent.h"

namespace rc::sip {

using namespace std::chrono_literals;

constexpr const char* kOffer = "v=0 offer";
constexpr const char* kAnswer = "v=0 answer";

// A session's listener that writes down what it hears: "progress 183", "answered", "ended local".
class SessionNotes : public InviteSession::Listener {
 public:
  void on_progress(const Message& response) override {
    add("progress " + std::to_string(response.status()));
  }
  void on_answered(const Message& response) override { add("answered " + response.body()); }
  void on_ack(const Message& ack) override { add("ack " + ack.body()); }
  void on_reoffer(const Message& invite) override { add("reoffer " + invite.body()); }
  void on_reoffer_cancelled() override { add("reoffer cancelled"); }
  void on_info(std::string_view type, std::string_view body) override {
    add("info " + std::string(type) + " " + std::string(body));
  }
  void on_notify(const Message& notify) override { add("notify " + notify.body()); }
  void on_update(const Message&) override { add("update"); }
  void on_refresh_due() override { add("refresh due"); }
  void on_ended(const EndReason& reason) override {
    constexpr const char* kWho[] = {"local", "remote", "failure"};
    add("ended " + std::string(kWho[static_cast<int>(reason.who)]) + " " +
        std::to_string(reason.status));
    ended = reason;
    if (session_to_drop != nullptr) session_to_drop->reset();
  }

  std::string take() { return std::exchange(text_, {}); }  // one line each
  void add(const std::string& line) { text_ += line + "\n"; }

  std::optional<EndReason> ended;
  std::shared_ptr<InviteSession>* session_to_drop = nullptr;  // inside on_ended

 private:
  std::string text_;
};

// The outcome of a request, as text: "200 OK" or the error's message.
struct Outcome {
  std::vector<std::string> texts;
  std::optional<Errc> code;

  ResponseCallback callback() {
    return [this](Result<Message> result) {
      if (!result.ok()) code = result.error().code;
      texts.push_back(result.ok()
                          ? std::to_string(result.value().status()) + " " + result.value().reason()
                          : result.error().message);
    };
  }
};

// A user agent on a simulated clock and socket; the test plays the server.
// conversation() is what both said: "-> INVITE", "<- 407 INVITE" (-> is ours).
// Every message of ours must be good for our own strict parser.
class UserAgentTest : public ::testing::Test,
                      public UserAgent::Listener,
                      private Transport::Listener {
 protected:
  UserAgentTest();
  ~UserAgentTest() override;

  // The server's side.
  void connect();
  void lose_socket();
  void deliver(const Message& message);
  void deliver_text(std::string text);  // with LF line ends; says nothing to conversation()
  void reply(int status, const std::string& body = {}, const std::string& to_tag = "srv");
  void reply_to(const Message& request, int status, const std::string& body = {},
                const std::string& to_tag = "srv");
  void challenge(int status, const std::string& nonce, const std::string& realm = "sip.example.com",
                 const std::string& more = {});
  // A request of theirs with a fresh branch. Inside a dialog: `session` given.
  Message server_request(const std::string& method, const InviteSession* session = nullptr);
  Message server_invite(const std::string& body = kOffer);
  // The ACK or CANCEL of an INVITE of theirs.
  Message server_ack(const Message& invite, const std::string& body = {});
  Message server_cancel(const Message& invite);

  // Our side.
  std::string conversation();                            // since the last call
  const Message& last() const;                           // what we sent last
  const Message& last(const std::string& method) const;  // our last request of that method
  size_t sent_count() const { return sent_.size(); }
  const Message& sent(size_t index) const { return sent_[index]; }
  // Calls that stand, for tests of what comes after; conversation and notes are empty then.
  std::shared_ptr<InviteSession> established_outbound();
  std::shared_ptr<InviteSession> established_inbound();
  void settle() { clock_.advance(0s); }  // runs what was deferred

  void on_invite(std::shared_ptr<InviteSession> session) override;
  void on_message(const Message& message) override { messages_.push_back(message.body()); }
  void on_check_sync() override { ++check_syncs_; }

  fakes::FakeClock clock_;
  std::unique_ptr<fakes::FakeTransport> transport_;
  std::unique_ptr<UserAgent> user_agent_;
  SessionNotes notes_;
  std::shared_ptr<InviteSession> incoming_;
  bool take_invites_ = true;
  std::vector<std::string> messages_;
  int check_syncs_ = 0;

 private:
  void on_open() override {}
  void on_message(std::string_view bytes) override;
  void on_closed(const Error& reason) override { user_agent_->detach(reason); }
  void collect();

  std::vector<Message> sent_;
  size_t taken_ = 0;  // of transport_->sent()
  std::string conversation_;
  uint32_t cseq_ = 218'000'000;
  int branch_ = 0;
};

}  // namespace rc::sip
