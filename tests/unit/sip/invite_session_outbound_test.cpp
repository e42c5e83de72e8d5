// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls of ours, as conversations with a server (RFC 3665 3, protocol/ringcentral.md 5).
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class OutboundCall : public UserAgentTest {
 protected:
  std::shared_ptr<InviteSession> dial(const std::string& sdp = kOffer) {
    return user_agent_->invite({"sip:12025550100@sip.example.com",
                                sdp,
                                {{"P-Asserted-Identity", "sip:12025550179@sip.example.com"}}},
                               &notes_);
  }
};

TEST_F(OutboundCall, IsAnsweredAfterAChallenge) {
  const auto session = dial();
  reply(100);
  challenge(407, "n1");
  reply(100);
  reply(183);
  reply(200, kAnswer);
  EXPECT_EQ(conversation(),
            "-> INVITE\n<- 100 INVITE\n<- 407 INVITE\n-> ACK\n-> INVITE\n<- 100 INVITE\n"
            "<- 183 INVITE\n<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(notes_.take(), "progress 183\nanswered v=0 answer\n");
  EXPECT_TRUE(session->established());
  EXPECT_EQ(session->remote_tag(), "srv");
}

TEST_F(OutboundCall, SendsWhatRingCentralNeeds) {
  dial();
  const Message& invite = last();
  EXPECT_EQ(invite.request_uri(), "sip:12025550100@sip.example.com");
  EXPECT_EQ(invite.header("To"), "<sip:12025550100@sip.example.com>");
  EXPECT_EQ(invite.from()->uri.to_string(), "sip:12025550115*115@sip.example.com");
  EXPECT_FALSE(invite.from_tag().empty());
  EXPECT_EQ(invite.header("P-Asserted-Identity"), "sip:12025550179@sip.example.com");
  EXPECT_EQ(invite.contact()->uri.params.get("transport"), "ws");
  EXPECT_TRUE(invite.contact()->uri.host.ends_with(".invalid"));
  EXPECT_TRUE(invite.header("Via")->starts_with("SIP/2.0/WSS "));
  EXPECT_EQ(invite.header("Max-Forwards"), "70");
  EXPECT_EQ(invite.header("User-Agent"), "gst-ringcentral/test");
  EXPECT_EQ(invite.content_type()->type, "application/sdp");
}

TEST_F(OutboundCall, RetryAfterAChallengeIsANewTransactionOfTheSameCall) {
  dial();
  const Message first = last();
  challenge(407, "n1");
  const Message second = last();
  EXPECT_EQ(second.call_id(), first.call_id());
  EXPECT_EQ(second.from_tag(), first.from_tag());
  EXPECT_EQ(second.to_tag(), "");
  EXPECT_EQ(second.cseq()->number, first.cseq()->number + 1);
  EXPECT_NE(second.top_via()->branch(), first.top_via()->branch());
  EXPECT_EQ(second.body(), first.body());
  EXPECT_NE(second.header("Proxy-Authorization")->find("uri=\"sip:12025550100@sip.example.com\""),
            std::string_view::npos);
  EXPECT_FALSE(second.has("Authorization"));
}

TEST_F(OutboundCall, AckOfTheAnswerGoesEndToEnd) {
  dial();
  challenge(407, "n1");
  reply(200, kAnswer);
  const Message& invite = last("INVITE");
  const Message& ack = last("ACK");
  EXPECT_EQ(ack.request_uri(), "sip:server@198.51.100.73:8083;transport=wss");
  EXPECT_NE(ack.top_via()->branch(), invite.top_via()->branch());
  EXPECT_EQ(ack.cseq()->number, invite.cseq()->number);
  EXPECT_EQ(ack.header("Proxy-Authorization"), invite.header("Proxy-Authorization"));
  EXPECT_TRUE(ack.body().empty());
}

TEST_F(OutboundCall, RepeatedAnswerIsAcknowledgedAgainAndToldOnce) {
  dial();
  const Message invite = last();
  reply(200, kAnswer);
  const std::string ack = last().to_bytes();
  clock_.advance(31s);
  reply_to(invite, 200, kAnswer);
  EXPECT_EQ(last().to_bytes(), ack);
  EXPECT_EQ(notes_.take(), "answered v=0 answer\n");
}

TEST_F(OutboundCall, RepeatedAnswerIsAcknowledgedAfterTheEndToo) {
  const auto session = dial();
  const Message invite = last();
  reply(200, kAnswer);
  deliver(server_request("BYE", session.get()));
  conversation();
  reply_to(invite, 200, kAnswer);
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
}

TEST_F(OutboundCall, OtherForksThatAnswerAreHungUp) {
  const auto session = dial();
  const Message invite = last();
  reply(183, {}, "one");
  reply(180, {}, "two");
  reply(200, kAnswer, "two");
  conversation();
  reply_to(invite, 200, kAnswer, "one");
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n-> BYE\n");
  EXPECT_EQ(last("ACK").to_tag(), "one");
  EXPECT_EQ(last("BYE").to_tag(), "one");
  EXPECT_EQ(session->remote_tag(), "two");
  EXPECT_TRUE(session->established());
}

TEST_F(OutboundCall, OtherForksAreHungUpOnceAndTheirRepeatsAcknowledged) {
  const auto session = dial();
  const Message invite = last();
  reply(200, kAnswer, "one");
  reply_to(invite, 200, kAnswer, "two");
  const std::string ack = last("ACK").to_bytes();
  conversation();
  reply_to(invite, 200, kAnswer, "two");
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(last("ACK").to_bytes(), ack);
}

TEST_F(OutboundCall, OtherForksAreLimited) {
  const auto session = dial();
  const Message invite = last();
  for (int i = 0; i < 100; ++i) reply_to(invite, 200, kAnswer, "fork" + std::to_string(i));
  const std::string said = conversation();
  size_t byes = 0;
  for (size_t at = 0; (at = said.find("BYE", at)) != std::string::npos; ++at) ++byes;
  EXPECT_EQ(byes, 16u);
  EXPECT_TRUE(session->established());
}

TEST_F(OutboundCall, OtherForksAreAcknowledgedWithTheCredentialsToo) {
  const auto session = dial();
  challenge(407, "n1");
  const Message invite = last("INVITE");
  reply_to(invite, 200, kAnswer, "one");
  reply_to(invite, 200, kAnswer, "two");
  EXPECT_EQ(last("ACK").to_tag(), "two");
  EXPECT_EQ(last("ACK").header("Proxy-Authorization"), invite.header("Proxy-Authorization"));
  EXPECT_TRUE(invite.has("Proxy-Authorization"));
}

TEST_F(OutboundCall, AnswersALateOfferInTheAck) {
  const auto session = dial("");
  EXPECT_FALSE(last().has("Content-Type"));
  reply(200, kOffer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 200 INVITE\n");
  EXPECT_EQ(notes_.take(), "answered v=0 offer\n");
  session->ack(kAnswer);
  EXPECT_EQ(last("ACK").body(), kAnswer);
  reply(200, kOffer);
  EXPECT_EQ(conversation(), "-> ACK\n<- 200 INVITE\n-> ACK\n");
}

TEST_F(OutboundCall, EndsWithTheStatusOfARefusal) {
  for (const int status : {302, 403, 404, 480, 486, 488, 500, 503, 603}) {
    dial();
    reply(183);
    reply(status);
    EXPECT_EQ(notes_.take(), "progress 183\nended remote " + std::to_string(status) + "\n");
    EXPECT_EQ(conversation(),
              "-> INVITE\n<- 183 INVITE\n<- " + std::to_string(status) + " INVITE\n-> ACK\n");
  }
  EXPECT_EQ(user_agent_->sessions(), 0u);
}

TEST_F(OutboundCall, TellsTheReasonOfARefusal) {
  dial();
  Message response = response_to(last(), 486, "srv");
  response.add("Reason", "Q.850;cause=17;text=\"User busy\"");
  deliver(response);
  EXPECT_EQ(notes_.ended->text, "User busy");
  EXPECT_EQ(notes_.ended->reason, "Q.850;cause=17;text=\"User busy\"");
}

TEST_F(OutboundCall, FailsWithoutAnyResponseByTimerB) {
  dial();
  clock_.advance(32s);
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
  clock_.advance(1h);
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(OutboundCall, IsCancelledAtTheRingLimit) {
  dial();
  reply(180);
  clock_.advance(180s);
  const Message invite = last("INVITE");
  EXPECT_EQ(conversation(), "-> INVITE\n<- 180 INVITE\n-> CANCEL\n");
  reply(200);  // to the CANCEL
  reply_to(invite, 487);
  EXPECT_EQ(notes_.take(), "progress 180\nended failure 408\n");
}

TEST_F(OutboundCall, CancelWaitsForAProvisionalResponse) {
  const auto session = dial();
  session->end();
  EXPECT_EQ(conversation(), "-> INVITE\n");
  const Message invite = last();
  reply(100);
  EXPECT_EQ(conversation(), "<- 100 INVITE\n-> CANCEL\n");
  const Message& cancel = last();
  EXPECT_EQ(cancel.request_uri(), invite.request_uri());
  EXPECT_EQ(cancel.header("Via"), invite.header("Via"));
  EXPECT_EQ(cancel.header("To"), invite.header("To"));
  EXPECT_EQ(cancel.cseq()->number, invite.cseq()->number);
  reply(200);
  reply_to(invite, 487);
  EXPECT_EQ(conversation(), "<- 200 CANCEL\n<- 487 INVITE\n-> ACK\n");
  EXPECT_EQ(notes_.take(), "ended local 487\n");
}

TEST_F(OutboundCall, CancelAfterTheRetryNeedsAProvisionalOfTheRetry) {
  const auto session = dial();
  reply(100);
  challenge(407, "n1");
  session->end();
  EXPECT_EQ(conversation(), "-> INVITE\n<- 100 INVITE\n<- 407 INVITE\n-> ACK\n-> INVITE\n");
  const Message retry = last();
  reply(100);
  EXPECT_EQ(last().method(), "CANCEL");
  EXPECT_EQ(last().header("Via"), retry.header("Via"));
}

TEST_F(OutboundCall, ChallengeAfterHangUpIsNotAnswered) {
  const auto session = dial();
  session->end();
  challenge(407, "n1");
  EXPECT_EQ(conversation(), "-> INVITE\n<- 407 INVITE\n-> ACK\n");
  EXPECT_EQ(notes_.take(), "ended local 487\n");
}

TEST_F(OutboundCall, AnswerThatCrossesTheCancelIsHungUp) {
  const auto session = dial();
  const Message invite = last();
  reply(180);
  session->end("SIP;cause=200");
  reply_to(invite, 200, kAnswer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 180 INVITE\n-> CANCEL\n<- 200 INVITE\n-> ACK\n-> BYE\n");
  EXPECT_EQ(last().header("Reason"), "SIP;cause=200");
  reply(200);
  EXPECT_EQ(notes_.take(), "progress 180\nended local 487\n");
}

TEST_F(OutboundCall, EndsWhenTheCancelIsNotAnswered) {
  const auto session = dial();
  reply(180);
  session->end();
  notes_.take();
  clock_.advance(31999ms);
  EXPECT_EQ(notes_.take(), "");
  clock_.advance(1ms);
  EXPECT_EQ(notes_.take(), "ended local 487\n");
  EXPECT_EQ(user_agent_->sessions(), 0u);
}

TEST_F(OutboundCall, ByeBeforeTheAnswerCancels) {
  const auto session = dial();
  const Message invite = last();
  reply(183);
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(conversation(), "-> INVITE\n<- 183 INVITE\n<- BYE\n-> 200 BYE\n-> CANCEL\n");
  reply_to(invite, 487);
  EXPECT_EQ(notes_.take(), "progress 183\nended remote 200\n");
}

TEST_F(OutboundCall, AnAckOfNothingIsNothing) {
  const auto session = established_outbound();
  deliver(server_request("ACK", session.get()));
  EXPECT_EQ(conversation(), "<- ACK\n");
  EXPECT_TRUE(session->established());
}

TEST_F(OutboundCall, FailsWithTheSocketWhileNotAnswered) {
  dial();
  reply(183);
  lose_socket();
  EXPECT_EQ(notes_.take(), "progress 183\n");  // not from inside detach()
  settle();
  EXPECT_EQ(notes_.take(), "ended failure 503\n");
}

TEST_F(OutboundCall, FailsWithoutASocket) {
  lose_socket();
  dial();
  EXPECT_EQ(notes_.take(), "");  // not from inside invite()
  settle();
  EXPECT_EQ(notes_.take(), "ended failure 503\n");
}

TEST_F(OutboundCall, RefusesATargetThatIsNoAddress) {
  for (const auto* target : {"12025550100", "sip:a b@c", "sip:a@b\r\nX: y", "sip:a@b>"}) {
    user_agent_->invite({target, kOffer, {}}, &notes_);
    settle();
    EXPECT_EQ(notes_.take(), "ended failure 400\n");
  }
  EXPECT_EQ(conversation(), "");
}

}  // namespace
}  // namespace rc::sip
