// SPDX-License-Identifier: LGPL-2.1-or-later
// Transactions beyond the arrows of their figures (transaction_arrows_test.cpp): what an ACK holds,
// repeats, forks, matching, limits.
#include "sip/transaction.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fakes/fake_clock.h"
#include "sip/transaction_layer.h"

namespace rc::sip {
namespace {

using namespace std::chrono_literals;
using ClientState = ClientTransaction::State;
using ServerState = ServerTransaction::State;

class TransactionTest : public ::testing::Test, public MessageSender {
 protected:
  void send_message(const Message& message) override { sent.push_back(message); }

  static Message request(const std::string& method, const std::string& branch = "z9hG4bKa") {
    Message message = Message::request(method, Uri{});
    message.set_request_uri("sip:bob@example.com");
    message.add("Via", "SIP/2.0/WSS a.invalid;branch=" + branch);
    message.add("Route", "<sip:proxy.example.com;lr>");
    message.add("From", "<sip:alice@example.com>;tag=alice");
    message.add("To", "<sip:bob@example.com>");
    message.add("Call-ID", "call");
    message.set_cseq({7, method == "ACK" ? "INVITE" : method});
    if (method == "ACK") message.set_cseq({7, "ACK"});
    return message;
  }

  std::shared_ptr<ClientTransaction> client(const std::string& method) {
    return layer.send(request(method), [this](const Result<Message>& outcome) {
      heard.push_back(outcome.ok() ? std::to_string(outcome.value().status())
                                   : "error " + outcome.error().message);
    });
  }

  void receive(const std::shared_ptr<ClientTransaction>& transaction, int status) {
    layer.receive_response(response_to(transaction->request(), status, "bob"));
  }

  static Message answer(const std::shared_ptr<ServerTransaction>& transaction, int status) {
    return response_to(transaction->request(), status, "bob");
  }

  // What was sent: methods and statuses.
  std::string trace() {
    std::string text;
    for (const auto& message : sent) {
      text +=
          message.is_request() ? message.method() + " " : std::to_string(message.status()) + " ";
    }
    sent.clear();
    return text;
  }

  using Heard = std::vector<std::string>;
  fakes::FakeClock clock;
  std::vector<Message> sent;
  Heard heard;
  TransactionLayer layer{clock, *this};
};

// --- client ---

TEST_F(TransactionTest, RefusedInviteIsAcknowledgedHopByHop) {
  for (const bool proceeding : {false, true}) {
    const auto invite = client("INVITE");
    if (proceeding) receive(invite, 180);
    sent.clear();
    receive(invite, 486);
    ASSERT_EQ(sent.size(), 1u);
    const Message& ack = sent[0];
    EXPECT_EQ(ack.method(), "ACK");
    EXPECT_EQ(ack.request_uri(), "sip:bob@example.com");
    EXPECT_EQ(ack.header("Via"), invite->request().header("Via"));
    EXPECT_EQ(ack.headers("Via").size(), 1u);
    EXPECT_EQ(ack.header("Route"), "<sip:proxy.example.com;lr>");
    EXPECT_EQ(ack.to_tag(), "bob");
    EXPECT_EQ(ack.cseq()->number, 7u);
    EXPECT_EQ(ack.cseq()->method, "ACK");
    EXPECT_EQ(invite->state(), ClientState::kTerminated);  // timer D is zero
    EXPECT_FALSE(layer.receive_response(response_to(invite->request(), 486, "bob")));
  }
  EXPECT_EQ(heard, (Heard{"486", "180", "486"}));
}

TEST_F(TransactionTest, AcceptedInviteTakesRepeatsAndForksForTimerM) {
  for (const bool proceeding : {false, true}) {
    heard.clear();
    const auto invite = client("INVITE");
    if (proceeding) receive(invite, 180);
    receive(invite, 200);
    EXPECT_EQ(invite->state(), ClientState::kAccepted);
    clock.advance(31999ms);
    receive(invite, 200);
    receive(invite, 180);  // late ones of a fork are of no interest
    receive(invite, 603);
    EXPECT_EQ(heard, proceeding ? (Heard{"180", "200", "200"}) : (Heard{"200", "200"}));
    clock.advance(1ms);
    EXPECT_EQ(invite->state(), ClientState::kTerminated);
    EXPECT_FALSE(layer.receive_response(response_to(invite->request(), 200, "bob")));
  }
}

TEST_F(TransactionTest, LostSocketEndsInviteAtOnceButNotInsideTheCall) {
  for (const bool proceeding : {false, true}) {
    heard.clear();
    const auto invite = client("INVITE");
    if (proceeding) receive(invite, 180);
    heard.clear();
    layer.transport_lost({Errc::kNetwork, "gone"});
    EXPECT_TRUE(heard.empty());
    clock.advance(0s);
    EXPECT_EQ(heard, Heard{"error gone"});
    EXPECT_EQ(invite->state(), ClientState::kTerminated);
  }
}

TEST_F(TransactionTest, LostSocketLeavesAnAcceptedInvite) {
  const auto invite = client("INVITE");
  receive(invite, 200);
  layer.transport_lost({Errc::kNetwork, "gone"});
  clock.advance(1s);
  receive(invite, 200);  // over the next socket
  EXPECT_EQ(heard, (Heard{"200", "200"}));
}

TEST_F(TransactionTest, RequestEndsWithItsFirstFinalResponse) {
  for (const int status : {200, 302, 404, 503, 603}) {
    heard.clear();
    const auto bye = client("BYE");
    receive(bye, status);
    receive(bye, 200);
    clock.advance(1h);
    EXPECT_EQ(heard, Heard{std::to_string(status)});
    EXPECT_EQ(trace(), "BYE ");
  }
}

// --- server ---

TEST_F(TransactionTest, RepeatedInviteGetsTheLastProvisionalAgain) {
  const auto invite = layer.create(request("INVITE"));
  EXPECT_TRUE(invite->receive(request("INVITE")));
  EXPECT_EQ(trace(), "");  // nothing to repeat yet
  invite->respond(answer(invite, 100));
  invite->respond(answer(invite, 180));
  EXPECT_EQ(invite->state(), ServerState::kProceeding);
  EXPECT_EQ(layer.find(request("INVITE")), invite);
  EXPECT_TRUE(invite->receive(request("INVITE")));
  EXPECT_EQ(trace(), "100 180 180 ");
}

// --- matching ---

TEST_F(TransactionTest, ResponsesAreMatchedByBranchAndMethod) {
  const auto invite = client("INVITE");
  const auto cancel = client("CANCEL");  // the same branch
  receive(cancel, 200);
  EXPECT_EQ(cancel->state(), ClientState::kTerminated);
  EXPECT_EQ(invite->state(), ClientState::kTrying);
  EXPECT_FALSE(layer.receive_response(response_to(request("INVITE", "z9hG4bKb"), 200, "bob")));
}

TEST_F(TransactionTest, RequestsAreMatchedByBranchSentByAndMethod) {
  const auto invite = layer.create(request("INVITE"));
  EXPECT_EQ(layer.find_cancelled(request("CANCEL")), invite);
  EXPECT_EQ(layer.find(request("CANCEL")), nullptr);
  EXPECT_EQ(layer.find(request("INVITE", "z9hG4bKb")), nullptr);
  Message other_host = request("INVITE");
  other_host.set("Via", "SIP/2.0/WSS b.invalid;branch=z9hG4bKa");
  EXPECT_EQ(layer.find(other_host), nullptr);
}

TEST_F(TransactionTest, BranchWithoutCookieIsNotEnough) {
  layer.create(request("INVITE", "1"));
  Message other = request("INVITE", "1");
  other.set("Call-ID", "other");
  EXPECT_EQ(layer.find(other), nullptr);
  EXPECT_NE(layer.find(request("INVITE", "1")), nullptr);
}

TEST_F(TransactionTest, SameInviteByAnotherWayIsMerged) {
  layer.create(request("INVITE"));
  EXPECT_TRUE(layer.is_merged(request("INVITE", "z9hG4bKb")));
  Message next = request("INVITE", "z9hG4bKb");
  next.set_cseq({8, "INVITE"});
  EXPECT_FALSE(layer.is_merged(next));
}

TEST_F(TransactionTest, EndedTransactionsAreForgotten) {
  client("BYE")->receive(response_to(request("BYE"), 200, "bob"));
  const auto info = layer.create(request("INFO"));
  info->respond(answer(info, 200));
  EXPECT_EQ(layer.find(request("INFO")), nullptr);
  const auto refused = layer.create(request("INVITE"));
  refused->respond(answer(refused, 486));
  EXPECT_EQ(layer.size(), 1u);
  clock.advance(32s);
  EXPECT_EQ(layer.size(), 0u);
}

TEST_F(TransactionTest, ServerTransactionsAreLimited) {
  for (size_t i = 0; i < TransactionLayer::kMaxServer; ++i) {
    ASSERT_NE(layer.create(request("INVITE", "z9hG4bK" + std::to_string(i))), nullptr);
  }
  EXPECT_EQ(layer.create(request("INVITE", "z9hG4bKlast")), nullptr);
}

TEST_F(TransactionTest, AnsweredOnesMakeRoomForTheNext) {
  const auto refused = layer.create(request("INVITE", "z9hG4bKrefused"));
  refused->respond(answer(refused, 486));
  for (size_t i = 1; i < TransactionLayer::kMaxServer; ++i) {
    ASSERT_NE(layer.create(request("INVITE", "z9hG4bK" + std::to_string(i))), nullptr);
  }
  EXPECT_NE(layer.create(request("INVITE", "z9hG4bKnext")), nullptr);
  EXPECT_EQ(layer.find(request("INVITE", "z9hG4bKrefused")), nullptr);
  EXPECT_NE(layer.find(request("INVITE", "z9hG4bK1")), nullptr);
  EXPECT_EQ(layer.create(request("INVITE", "z9hG4bKlast")), nullptr);
}

}  // namespace
}  // namespace rc::sip
