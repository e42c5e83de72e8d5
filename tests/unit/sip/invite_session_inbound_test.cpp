// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that come, as conversations with a server (protocol/ringcentral.md 4).
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class InboundCall : public UserAgentTest {
 protected:
  // Delivers an INVITE and returns it.
  Message call(const std::string& body = kOffer) {
    const Message invite = server_invite(body);
    deliver(invite);
    return invite;
  }
};

TEST_F(InboundCall, RingsIsAnsweredAndHungUpByThem) {
  const Message invite = call();
  incoming_->ring();
  incoming_->accept(kAnswer);
  deliver(server_ack(invite));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 180 INVITE\n-> 200 INVITE\n<- ACK\n");
  EXPECT_TRUE(incoming_->established());
  deliver(server_request("BYE", incoming_.get()));
  EXPECT_EQ(conversation(), "<- BYE\n-> 200 BYE\n");
  EXPECT_EQ(notes_.take(), "ack \nended remote 200\n");
  EXPECT_EQ(user_agent_->sessions(), 0u);
}

TEST_F(InboundCall, ResponsesHaveOneToTagAndAContact) {
  call();
  EXPECT_EQ(last().status(), 100);
  EXPECT_EQ(last().to_tag(), "");
  incoming_->ring();
  const Message ringing = last();
  EXPECT_EQ(ringing.to_tag(), incoming_->local_tag());
  EXPECT_TRUE(ringing.contact()->uri.host.ends_with(".invalid"));
  incoming_->accept(kAnswer);
  const Message& answer = last();
  EXPECT_EQ(answer.to_tag(), incoming_->local_tag());
  EXPECT_EQ(answer.header("Contact"), ringing.header("Contact"));
  EXPECT_TRUE(answer.has("Allow"));
  EXPECT_EQ(answer.body(), kAnswer);
  EXPECT_EQ(answer.content_type()->type, "application/sdp");
}

TEST_F(InboundCall, RecordRouteIsCopiedIntoTheAnswer) {
  Message invite = server_invite();
  invite.add("Record-Route", "<sip:p1;lr>, <sip:p2;lr>");
  deliver(invite);
  incoming_->accept(kAnswer);
  EXPECT_EQ(last().values("Record-Route").size(), 2u);
  deliver(server_ack(invite));
  incoming_->end();
  EXPECT_EQ(last("BYE").headers("Route").size(), 2u);
  EXPECT_EQ(last("BYE").header("Route"), "<sip:p1;lr>");
}

TEST_F(InboundCall, AnswerIsRepeatedUntilTheAck) {
  const Message invite = call();
  incoming_->accept(kAnswer);
  conversation();
  clock_.advance(500ms);
  EXPECT_EQ(conversation(), "-> 200 INVITE\n");
  clock_.advance(1s);
  EXPECT_EQ(conversation(), "-> 200 INVITE\n");
  clock_.advance(2s);
  EXPECT_EQ(conversation(), "-> 200 INVITE\n");
  clock_.advance(12s);  // every 4 s from now on
  EXPECT_EQ(conversation(), "-> 200 INVITE\n-> 200 INVITE\n-> 200 INVITE\n");
  deliver(server_ack(invite));
  clock_.advance(1h);
  EXPECT_EQ(conversation(), "<- ACK\n");
  EXPECT_TRUE(incoming_->established());
}

TEST_F(InboundCall, AnswerThatIsNeverAcknowledgedEndsWithBye) {
  call();
  incoming_->accept(kAnswer);
  clock_.advance(32s);
  EXPECT_EQ(last().method(), "BYE");
  reply(200);
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
}

TEST_F(InboundCall, AckWithTheBranchOfTheInviteCountsToo) {
  const Message invite = call();
  incoming_->accept(kAnswer);
  Message ack = server_ack(invite);
  ack.set("Via", *invite.header("Via"));  // as RingCentral's SDK does it
  deliver(ack);
  EXPECT_EQ(notes_.take(), "ack \n");
}

TEST_F(InboundCall, AckOfAnotherNumberDoesNotCount) {
  const Message invite = call();
  incoming_->accept(kAnswer);
  Message ack = server_ack(invite);
  ack.set_cseq({invite.cseq()->number - 1, "ACK"});
  deliver(ack);
  EXPECT_EQ(notes_.take(), "");
  clock_.advance(500ms);
  EXPECT_EQ(last().status(), 200);
}

TEST_F(InboundCall, LateOfferIsAnsweredInTheAck) {
  const Message invite = call("");
  EXPECT_TRUE(incoming_->invite().body().empty());
  incoming_->accept(kOffer);
  EXPECT_EQ(last().body(), kOffer);
  deliver(server_ack(invite, kAnswer));
  EXPECT_EQ(notes_.take(), "ack v=0 answer\n");
}

TEST_F(InboundCall, IsRejectedWithAnyStatus) {
  for (const int status : {480, 486, 488, 603}) {
    const Message invite = call();
    incoming_->reject(status);
    EXPECT_EQ(notes_.take(), "");  // not from inside reject()
    deliver(server_ack(invite));
    settle();
    EXPECT_EQ(notes_.take(), "ended local " + std::to_string(status) + "\n");
    EXPECT_EQ(conversation(),
              "<- INVITE\n-> 100 INVITE\n-> " + std::to_string(status) + " INVITE\n<- ACK\n");
    EXPECT_EQ(notes_.ended->text, reason_phrase(status));
  }
}

TEST_F(InboundCall, RejectSendsTheGivenPhrase) {
  call();
  incoming_->reject(480, "No free source");
  EXPECT_EQ(last().reason(), "No free source");
}

TEST_F(InboundCall, CancelEndsItWithTheReason) {
  const Message invite = call();
  incoming_->ring();
  Message cancel = server_cancel(invite);
  cancel.add("Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
  deliver(cancel);
  deliver(server_ack(invite));
  EXPECT_EQ(conversation(),
            "<- INVITE\n-> 100 INVITE\n-> 180 INVITE\n<- CANCEL\n-> 200 CANCEL\n-> 487 INVITE\n"
            "<- ACK\n");
  EXPECT_EQ(notes_.take(), "ended remote 487\n");
  EXPECT_EQ(notes_.ended->text, "Call completed elsewhere");
  EXPECT_TRUE(notes_.ended->reason.starts_with("SIP;cause=200"));
}

TEST_F(InboundCall, CancelAfterTheAnswerChangesNothing) {
  const Message invite = call();
  incoming_->accept(kAnswer);
  conversation();
  deliver(server_cancel(invite));
  EXPECT_EQ(conversation(), "<- CANCEL\n-> 200 CANCEL\n");
  EXPECT_TRUE(incoming_->established());
}

TEST_F(InboundCall, IsGivenUpAtTheRingLimit) {
  call();
  incoming_->ring();
  conversation();
  clock_.advance(180s);
  EXPECT_EQ(conversation(), "-> 480 INVITE\n");
  EXPECT_EQ(notes_.take(), "ended failure 480\n");
}

TEST_F(InboundCall, RingsNoLongerThanTheInviteExpires) {
  Message invite = server_invite();
  invite.add("Expires", "20");
  deliver(invite);
  clock_.advance(20s);
  EXPECT_EQ(notes_.take(), "ended failure 480\n");
}

TEST_F(InboundCall, HangUpBeforeTheAckWaitsForIt) {
  const Message invite = call();
  incoming_->accept(kAnswer);
  conversation();
  incoming_->end();
  EXPECT_EQ(conversation(), "");  // RFC 3261 15
  deliver(server_ack(invite));
  EXPECT_EQ(conversation(), "<- ACK\n-> BYE\n");
  reply(200);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
}

TEST_F(InboundCall, HangUpWhileRingingIs480) {
  call();
  incoming_->end();
  EXPECT_EQ(last().status(), 480);
  settle();
  EXPECT_EQ(notes_.take(), "ended local 480\n");
}

TEST_F(InboundCall, ByeBeforeTheAnswerEndsIt) {
  call();
  conversation();
  deliver(server_request("BYE", incoming_.get()));
  EXPECT_EQ(conversation(), "<- BYE\n-> 200 BYE\n-> 487 INVITE\n");
  EXPECT_EQ(notes_.take(), "ended remote 200\n");
}

TEST_F(InboundCall, RepeatedInviteIsNoSecondCall) {
  const Message invite = call();
  incoming_->ring();
  conversation();
  deliver(invite);
  EXPECT_EQ(conversation(), "<- INVITE\n-> 180 INVITE\n");
  EXPECT_EQ(user_agent_->sessions(), 1u);
}

TEST_F(InboundCall, SameInviteByAnotherWayIs482) {
  const Message invite = call();
  Message merged = invite;
  merged.set("Via", "SIP/2.0/WSS 198.51.100.74;branch=z9hG4bKother");
  conversation();
  deliver(merged);
  EXPECT_EQ(conversation(), "<- INVITE\n-> 482 INVITE\n");
}

TEST_F(InboundCall, TakeoverWithTheSameCallIdIsANewSession) {
  const auto first = established_inbound();
  Message invite = server_invite();
  invite.set("Call-ID", first->call_id());
  deliver(invite);
  ASSERT_NE(incoming_, first);
  EXPECT_EQ(incoming_->call_id(), first->call_id());
  incoming_->accept(kAnswer);
  deliver(server_ack(invite));
  EXPECT_TRUE(first->established());
  EXPECT_TRUE(incoming_->established());
  first->end();
  EXPECT_NE(last("BYE").from_tag(), incoming_->local_tag());
}

TEST_F(InboundCall, NobodyListeningIs480) {
  take_invites_ = false;
  call();
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 480 INVITE\n");
}

TEST_F(InboundCall, MoreThanTheLimitAre486) {
  for (int i = 0; i < 3; ++i) call();
  conversation();
  call();
  EXPECT_EQ(conversation(), "<- INVITE\n-> 486 INVITE\n");
}

TEST_F(InboundCall, SurvivesASocketThatIsReplacedWhileItRings) {
  const Message invite = call();
  lose_socket();
  incoming_->accept(kAnswer);
  connect();
  clock_.advance(500ms);
  EXPECT_EQ(last().status(), 200);
  deliver(server_ack(invite));
  EXPECT_EQ(notes_.take(), "ack \n");
}

}  // namespace
}  // namespace rc::sip
