// SPDX-License-Identifier: LGPL-2.1-or-later
// Every arrow of RFC 3261 figures 5 to 8 as RFC 6026 corrects them, on a reliable transport: no
// timers A, E, G; D, I, J, K are zero, so that Completed is left as soon as it is entered where
// nothing else is waited for. B, F, H, L, M are 64*T1.
// One arrow is not the RFC's: a server transaction outlives its socket, because its final response
// may go out over the next one; timers H and L end it.
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "fakes/fake_clock.h"
#include "sip/transaction_layer.h"

namespace rc::sip {
namespace {

using namespace std::chrono_literals;
using Client = ClientTransaction::State;
using Server = ServerTransaction::State;

constexpr auto kJustBefore = 31999ms;  // of 64*T1

// A transaction, and what happens to it as short calls. Traces are "INVITE ", "ACK ", "486 ".
class Rig : public MessageSender {
 public:
  void send_message(const Message& message) override {
    sent_ += (message.is_request() ? message.method() : std::to_string(message.status())) + " ";
  }
  static Message request(const std::string& method) {
    Message message = Message::request(method, Uri::parse("sip:bob@example.com").value());
    message.add("Via", "SIP/2.0/WSS a.invalid;branch=z9hG4bKa");
    message.add("From", "<sip:alice@example.com>;tag=alice");
    message.add("To", "<sip:bob@example.com>");
    message.add("Call-ID", "call");
    message.set_cseq({7, method});
    return message;
  }
  Message response(int status) const { return response_to(request(method_), status, "bob"); }
  std::string sent() { return std::exchange(sent_, {}); }
  std::string told() { return std::exchange(told_, {}); }

  // Client side.
  void start(const std::string& method) {
    method_ = method;
    client = layer.send(request(method), [this](const Result<Message>& outcome) {
      told_ += outcome.ok() ? std::to_string(outcome.value().status()) + " "
               : outcome.error().code == Errc::kTimeout ? "timeout "
                                                        : "network ";
    });
  }
  void receive(int status) { client->receive(response(status)); }
  void lose_socket() {
    layer.transport_lost({Errc::kNetwork, "gone"});
    clock.advance(0s);
  }
  // Server side.
  void create(const std::string& method) {
    method_ = method;
    server = layer.create(request(method));
  }
  void respond(int status) { server->respond(response(status)); }
  void receive_request() { server->receive(request(method_)); }
  void receive_ack() { told_ += server->receive(request("ACK")) ? "" : "ACK "; }

  fakes::FakeClock clock;
  TransactionLayer layer{clock, *this};
  std::shared_ptr<ClientTransaction> client;
  std::shared_ptr<ServerTransaction> server;

 private:
  std::string method_, sent_, told_;
};

using Step = std::function<void(Rig&)>;

// --- what client transactions do: figures 5 and 6 ---

struct ClientArrow {
  const char* name;
  const char* method;
  Client from;
  Step event;
  Client to;
  const char* sent;  // by the transaction
  const char* told;  // to the transaction user
};

// The shortest way into a state; the arrows on it have rows of their own.
void bring_to(Rig& rig, const char* method, Client state) {
  rig.start(method);
  if (state == Client::kProceeding) rig.receive(180);
  if (state == Client::kAccepted) rig.receive(200);
  if (state == Client::kTerminated) rig.client->terminate();
}

Step get(int status) {
  return [status](Rig& rig) { rig.receive(status); };
}
Step wait(Clock::Duration time) {
  return [time](Rig& rig) { rig.clock.advance(time); };
}
void lose_socket(Rig& rig) { rig.lose_socket(); }

class TransactionClient : public testing::TestWithParam<ClientArrow> {};

TEST_P(TransactionClient, FollowsTheArrow) {
  const ClientArrow& arrow = GetParam();
  Rig rig;
  bring_to(rig, arrow.method, arrow.from);
  ASSERT_EQ(rig.client->state(), arrow.from);
  ASSERT_EQ(rig.sent(), std::string(arrow.method) + " ");
  rig.told();
  arrow.event(rig);
  EXPECT_EQ(rig.client->state(), arrow.to);
  EXPECT_EQ(rig.sent(), arrow.sent);
  EXPECT_EQ(rig.told(), arrow.told);
  rig.clock.advance(64 * kT1);
  EXPECT_EQ(rig.sent(), "");  // nothing is ever repeated
}

template <typename Arrow>
std::string name_of(const testing::TestParamInfo<Arrow>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Figure5Invite, TransactionClient,
    testing::Values(ClientArrow{"CallingNoTimerA", "INVITE", Client::kTrying, wait(kJustBefore),
                                Client::kTrying, "", ""},
                    ClientArrow{"CallingTimerB", "INVITE", Client::kTrying, wait(64 * kT1),
                                Client::kTerminated, "", "timeout "},
                    ClientArrow{"CallingTransportError", "INVITE", Client::kTrying, lose_socket,
                                Client::kTerminated, "", "network "},
                    ClientArrow{"Calling1xx", "INVITE", Client::kTrying, get(100),
                                Client::kProceeding, "", "100 "},
                    ClientArrow{"Calling2xx", "INVITE", Client::kTrying, get(200),
                                Client::kAccepted, "", "200 "},
                    ClientArrow{"Calling300To699TimerD", "INVITE", Client::kTrying, get(300),
                                Client::kTerminated, "ACK ", "300 "},
                    ClientArrow{"Proceeding1xx", "INVITE", Client::kProceeding, get(183),
                                Client::kProceeding, "", "183 "},
                    ClientArrow{"ProceedingNoTimerB", "INVITE", Client::kProceeding, wait(1h),
                                Client::kProceeding, "", ""},
                    ClientArrow{"Proceeding2xx", "INVITE", Client::kProceeding, get(299),
                                Client::kAccepted, "", "299 "},
                    ClientArrow{"Proceeding300To699TimerD", "INVITE", Client::kProceeding, get(699),
                                Client::kTerminated, "ACK ", "699 "},
                    ClientArrow{"ProceedingTransportError", "INVITE", Client::kProceeding,
                                lose_socket, Client::kTerminated, "", "network "},
                    ClientArrow{"Accepted2xx", "INVITE", Client::kAccepted, get(200),
                                Client::kAccepted, "", "200 "},
                    ClientArrow{"Accepted1xxOfALateFork", "INVITE", Client::kAccepted, get(180),
                                Client::kAccepted, "", ""},
                    ClientArrow{"Accepted6xxOfALateFork", "INVITE", Client::kAccepted, get(603),
                                Client::kAccepted, "", ""},
                    ClientArrow{"AcceptedTransportError", "INVITE", Client::kAccepted, lose_socket,
                                Client::kAccepted, "", ""},
                    ClientArrow{"AcceptedBeforeTimerM", "INVITE", Client::kAccepted,
                                wait(kJustBefore), Client::kAccepted, "", ""},
                    ClientArrow{"AcceptedTimerM", "INVITE", Client::kAccepted, wait(64 * kT1),
                                Client::kTerminated, "", ""},
                    ClientArrow{"TerminatedHearsNothing", "INVITE", Client::kTerminated, get(200),
                                Client::kTerminated, "", ""}),
    name_of<ClientArrow>);

INSTANTIATE_TEST_SUITE_P(
    Figure6NonInvite, TransactionClient,
    testing::Values(ClientArrow{"TryingNoTimerE", "BYE", Client::kTrying, wait(kJustBefore),
                                Client::kTrying, "", ""},
                    ClientArrow{"TryingTimerF", "BYE", Client::kTrying, wait(64 * kT1),
                                Client::kTerminated, "", "timeout "},
                    ClientArrow{"TryingTransportError", "BYE", Client::kTrying, lose_socket,
                                Client::kTerminated, "", "network "},
                    ClientArrow{"Trying1xx", "BYE", Client::kTrying, get(100), Client::kProceeding,
                                "", "100 "},
                    ClientArrow{"Trying2xxTimerK", "BYE", Client::kTrying, get(200),
                                Client::kTerminated, "", "200 "},
                    ClientArrow{"Trying300To699TimerK", "BYE", Client::kTrying, get(481),
                                Client::kTerminated, "", "481 "},
                    ClientArrow{"Proceeding1xx", "BYE", Client::kProceeding, get(183),
                                Client::kProceeding, "", "183 "},
                    ClientArrow{"ProceedingNoTimerE", "BYE", Client::kProceeding, wait(kJustBefore),
                                Client::kProceeding, "", ""},
                    ClientArrow{"ProceedingTimerF", "BYE", Client::kProceeding, wait(64 * kT1),
                                Client::kTerminated, "", "timeout "},
                    ClientArrow{"ProceedingTransportError", "BYE", Client::kProceeding, lose_socket,
                                Client::kTerminated, "", "network "},
                    ClientArrow{"Proceeding200To699TimerK", "BYE", Client::kProceeding, get(603),
                                Client::kTerminated, "", "603 "},
                    ClientArrow{"TerminatedHearsNothing", "BYE", Client::kTerminated, get(200),
                                Client::kTerminated, "", ""}),
    name_of<ClientArrow>);

// --- what server transactions do: figures 7 and 8 ---

struct ServerArrow {
  const char* name;
  const char* method;
  Server from;
  Step event;
  Server to;
  const char* sent;
  const char* told;  // an ACK that is the dialog's
};

void bring_to(Rig& rig, const char* method, Server state) {
  rig.create(method);
  if (state == Server::kProceeding) rig.respond(180);
  if (state == Server::kCompleted) rig.respond(486);
  if (state == Server::kAccepted) rig.respond(200);
  if (state == Server::kTerminated) rig.respond(404);
  rig.sent();
}

Step say(int status) {
  return [status](Rig& rig) { rig.respond(status); };
}
void get_request(Rig& rig) { rig.receive_request(); }
void get_ack(Rig& rig) { rig.receive_ack(); }

class TransactionServer : public testing::TestWithParam<ServerArrow> {};

TEST_P(TransactionServer, FollowsTheArrow) {
  const ServerArrow& arrow = GetParam();
  Rig rig;
  bring_to(rig, arrow.method, arrow.from);
  ASSERT_EQ(rig.server->state(), arrow.from);
  arrow.event(rig);
  EXPECT_EQ(rig.server->state(), arrow.to);
  EXPECT_EQ(rig.sent(), arrow.sent);
  EXPECT_EQ(rig.told(), arrow.told);
  rig.clock.advance(64 * kT1);
  EXPECT_EQ(rig.sent(), "");  // nothing is ever repeated unasked
}

INSTANTIATE_TEST_SUITE_P(
    Figure7Invite, TransactionServer,
    testing::Values(ServerArrow{"Proceeding100", "INVITE", Server::kTrying, say(100),
                                Server::kProceeding, "100 ", ""},
                    ServerArrow{"Proceeding101To199", "INVITE", Server::kProceeding, say(183),
                                Server::kProceeding, "183 ", ""},
                    ServerArrow{"ProceedingInvite", "INVITE", Server::kProceeding, get_request,
                                Server::kProceeding, "180 ", ""},
                    ServerArrow{"ProceedingInviteBeforeAnyResponse", "INVITE", Server::kTrying,
                                get_request, Server::kTrying, "", ""},
                    ServerArrow{"ProceedingTransportError", "INVITE", Server::kProceeding,
                                lose_socket, Server::kProceeding, "", ""},
                    ServerArrow{"Proceeding2xx", "INVITE", Server::kProceeding, say(200),
                                Server::kAccepted, "200 ", ""},
                    ServerArrow{"Proceeding300To699", "INVITE", Server::kProceeding, say(603),
                                Server::kCompleted, "603 ", ""},
                    ServerArrow{"CompletedInvite", "INVITE", Server::kCompleted, get_request,
                                Server::kCompleted, "486 ", ""},
                    ServerArrow{"CompletedSecondFinal", "INVITE", Server::kCompleted, say(200),
                                Server::kCompleted, "", ""},
                    ServerArrow{"CompletedNoTimerG", "INVITE", Server::kCompleted,
                                wait(kJustBefore), Server::kCompleted, "", ""},
                    ServerArrow{"CompletedTimerH", "INVITE", Server::kCompleted, wait(64 * kT1),
                                Server::kTerminated, "", ""},
                    ServerArrow{"CompletedTransportError", "INVITE", Server::kCompleted,
                                lose_socket, Server::kCompleted, "", ""},
                    ServerArrow{"CompletedAckTimerI", "INVITE", Server::kCompleted, get_ack,
                                Server::kTerminated, "", ""},
                    ServerArrow{"AcceptedInviteIsAbsorbed", "INVITE", Server::kAccepted,
                                get_request, Server::kAccepted, "", ""},
                    ServerArrow{"AcceptedAckIsTheDialogs", "INVITE", Server::kAccepted, get_ack,
                                Server::kAccepted, "", "ACK "},
                    ServerArrow{"Accepted2xxOfTheSession", "INVITE", Server::kAccepted, say(200),
                                Server::kAccepted, "200 ", ""},
                    ServerArrow{"AcceptedRefusal", "INVITE", Server::kAccepted, say(486),
                                Server::kAccepted, "", ""},
                    ServerArrow{"AcceptedTransportError", "INVITE", Server::kAccepted, lose_socket,
                                Server::kAccepted, "", ""},
                    ServerArrow{"AcceptedBeforeTimerL", "INVITE", Server::kAccepted,
                                wait(kJustBefore), Server::kAccepted, "", ""},
                    ServerArrow{"AcceptedTimerL", "INVITE", Server::kAccepted, wait(64 * kT1),
                                Server::kTerminated, "", ""}),
    name_of<ServerArrow>);

INSTANTIATE_TEST_SUITE_P(
    Figure8NonInvite, TransactionServer,
    testing::Values(ServerArrow{"TryingRequest", "INFO", Server::kTrying, get_request,
                                Server::kTrying, "", ""},
                    ServerArrow{"Trying1xx", "INFO", Server::kTrying, say(183), Server::kProceeding,
                                "183 ", ""},
                    ServerArrow{"Trying200To699TimerJ", "INFO", Server::kTrying, say(405),
                                Server::kTerminated, "405 ", ""},
                    ServerArrow{"Proceeding1xx", "INFO", Server::kProceeding, say(183),
                                Server::kProceeding, "183 ", ""},
                    ServerArrow{"ProceedingRequest", "INFO", Server::kProceeding, get_request,
                                Server::kProceeding, "180 ", ""},
                    ServerArrow{"Proceeding200To699TimerJ", "INFO", Server::kProceeding, say(200),
                                Server::kTerminated, "200 ", ""},
                    ServerArrow{"TerminatedSecondFinal", "INFO", Server::kTerminated, say(200),
                                Server::kTerminated, "", ""},
                    ServerArrow{"TerminatedRequest", "INFO", Server::kTerminated, get_request,
                                Server::kTerminated, "", ""}),
    name_of<ServerArrow>);

}  // namespace
}  // namespace rc::sip
