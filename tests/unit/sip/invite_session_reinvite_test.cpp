// SPDX-License-Identifier: LGPL-2.1-or-later
// New offers inside a call, ours and theirs, and both at once.
#include "sip/transaction_layer.h"
#include "sip/user_agent_core.h"
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class Reinvite : public UserAgentTest {
 protected:
  Message offer_of_theirs(const InviteSession& session, const std::string& body = "v=0 hold") {
    Message invite = server_request("INVITE", &session);
    invite.add("Contact", "<sip:new@198.51.100.9>");
    if (!body.empty()) invite.set_body("application/sdp", body);
    return invite;
  }
};

// --- ours ---

TEST_F(Reinvite, OursIsAnsweredAndAcknowledged) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  const Message& invite = last();
  EXPECT_EQ(invite.body(), "v=0 hold");
  EXPECT_EQ(invite.to_tag(), "srv");
  EXPECT_TRUE(invite.has("Contact"));
  reply(100);
  reply(200, kAnswer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 100 INVITE\n<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"200 OK"});
  const std::string ack = last("ACK").to_bytes();
  reply(200, kAnswer);  // repeated
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(last("ACK").to_bytes(), ack);
  EXPECT_EQ(outcome.texts.size(), 1u);
}

TEST_F(Reinvite, OursMayBeChallenged) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  challenge(407, "n2");
  reply(200, kAnswer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 407 INVITE\n-> ACK\n-> INVITE\n<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(last("ACK").header("Proxy-Authorization"),
            last("INVITE").header("Proxy-Authorization"));
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(Reinvite, RefusedOfferLeavesTheCall) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  reply(488);
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"488 Not Acceptable Here"});
  EXPECT_EQ(outcome.code, Errc::kRejected);
  EXPECT_TRUE(session->established());
}

TEST_F(Reinvite, UnknownDialogEndsTheCall) {
  for (const int status : {408, 481}) {
    const auto session = established_outbound();
    Outcome outcome;
    session->reinvite("v=0 hold", outcome.callback());
    reply(status);
    EXPECT_EQ(outcome.code, Errc::kRejected);
    EXPECT_EQ(last().method(), "BYE");
    EXPECT_EQ(notes_.take(), "ended failure " + std::to_string(status) + "\n");
  }
}

TEST_F(Reinvite, SilenceEndsTheCall) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  clock_.advance(32s);
  EXPECT_EQ(outcome.code, Errc::kTimeout);
  EXPECT_EQ(last().method(), "BYE");
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
}

TEST_F(Reinvite, ProvisionalForEverIsGivenUp) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  const Message invite = last();
  reply(100);
  clock_.advance(32s);
  EXPECT_EQ(outcome.code, Errc::kTimeout);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 100 INVITE\n-> CANCEL\n");
  EXPECT_TRUE(session->established());
  reply_to(invite, 200, kAnswer);  // after all
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(outcome.texts.size(), 1u);
}

// RFC 3261 9.1: its transaction does not wait for a final response for ever.
TEST_F(Reinvite, ProvisionalForEverLeavesNoTransaction) {
  const auto session = established_outbound();
  clock_.advance(32s);  // of the first INVITE
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  const Message invite = last();
  reply(100);
  clock_.advance(32s);
  EXPECT_EQ(last().method(), "CANCEL");
  reply_to(invite, 183);
  EXPECT_EQ(user_agent_->core()->transactions().size(), 2u);
  clock_.advance(32s);
  EXPECT_EQ(user_agent_->core()->transactions().size(), 0u);
  session->reinvite("v=0 hold", outcome.callback());
  reply(100);
  deliver(server_request("BYE", session.get()));
  clock_.advance(32s);
  EXPECT_EQ(user_agent_->core()->transactions().size(), 0u);
}

TEST_F(Reinvite, OneAtATime) {
  const auto session = established_outbound();
  Outcome first, second;
  session->reinvite("v=0 hold", first.callback());
  session->reinvite("v=0 resume", second.callback());
  settle();
  EXPECT_EQ(second.code, Errc::kRejected);
  reply(200, kAnswer);
  EXPECT_EQ(first.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(Reinvite, HangUpMeanwhileClosesIt) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  const Message invite = last();
  session->end();
  reply(200);
  EXPECT_EQ(outcome.code, Errc::kClosed);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
  conversation();
  reply_to(invite, 200, kAnswer);
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
}

TEST_F(Reinvite, IsLostWithTheSocketButTheCallIsNot) {
  const auto session = established_outbound();
  Outcome lost, next;
  session->reinvite("v=0 hold", lost.callback());
  lose_socket();
  settle();
  EXPECT_EQ(lost.code, Errc::kNetwork);
  connect();
  conversation();
  session->reinvite("v=0 again", next.callback());
  reply(200, kAnswer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(next.texts, std::vector<std::string>{"200 OK"});
}

// --- both at once ---

TEST_F(Reinvite, WhoMadeTheCallIdWaits2To4SecondsAfterA491) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  reply(491);
  conversation();
  clock_.advance(2099ms);
  EXPECT_EQ(conversation(), "");
  clock_.advance(1901ms);
  EXPECT_EQ(conversation(), "-> INVITE\n");
  reply(200, kAnswer);
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(Reinvite, TheOtherWaitsAtMost2Seconds) {
  const auto session = established_inbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  reply(491);
  conversation();
  clock_.advance(2s);
  EXPECT_EQ(conversation(), "-> INVITE\n");
}

TEST_F(Reinvite, TheirsDuringOursIs491) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  conversation();
  deliver(offer_of_theirs(*session));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 491 INVITE\n");
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Reinvite, TheirsIsTakenWhileWeWaitAfterA491) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  reply(491);
  const Message invite = offer_of_theirs(*session);
  deliver(invite);
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\n");
  conversation();
  clock_.advance(4s);  // ours waits on
  EXPECT_EQ(conversation(), "");
  session->accept(kAnswer);
  deliver(server_ack(invite));
  conversation();
  clock_.advance(4s);
  EXPECT_EQ(conversation(), "-> INVITE\n");
}

TEST_F(Reinvite, GivesUpAfterFive491) {
  const auto session = established_inbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  for (int i = 0; i < 5; ++i) {
    reply(491);
    clock_.advance(2s);
  }
  EXPECT_EQ(outcome.code, Errc::kRejected);
  EXPECT_TRUE(session->established());
}

// --- theirs ---

TEST_F(Reinvite, TheirsIsAcceptedAndMovesTheTarget) {
  const auto session = established_outbound();
  const Message invite = offer_of_theirs(*session);
  deliver(invite);
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\n");
  session->accept("v=0 held");
  EXPECT_EQ(last().body(), "v=0 held");
  EXPECT_TRUE(last().has("Contact"));
  deliver(server_ack(invite));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 200 INVITE\n<- ACK\n");
  EXPECT_EQ(notes_.take(), "ack \n");
  session->end();
  EXPECT_EQ(last().request_uri(), "sip:new@198.51.100.9");
}

TEST_F(Reinvite, TheirsIsRejected) {
  const auto session = established_outbound();
  const Message invite = offer_of_theirs(*session);
  deliver(invite);
  session->reject(488);
  deliver(server_ack(invite));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 488 INVITE\n<- ACK\n");
  EXPECT_TRUE(session->established());
  settle();
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\n");
}

TEST_F(Reinvite, TheirsWithoutSdpGetsOurOffer) {
  const auto session = established_inbound();
  const Message invite = offer_of_theirs(*session, "");
  deliver(invite);
  session->accept(kOffer);
  deliver(offer_of_theirs(*session));  // before the answer to our offer
  EXPECT_EQ(last().status(), 491);
  Message ack = server_ack(invite, kAnswer);
  ack.set("To", "<sip:12025550115*115@203.0.113.154>;tag=" + session->local_tag());
  deliver(ack);
  EXPECT_EQ(notes_.take(), "reoffer \nack v=0 answer\n");
}

TEST_F(Reinvite, SecondOfTheirsBeforeOurAnswerIs500) {
  const auto session = established_outbound();
  deliver(offer_of_theirs(*session));
  conversation();
  deliver(offer_of_theirs(*session));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 500 INVITE\n");
  EXPECT_LE(last().number("Retry-After"), 10u);
}

TEST_F(Reinvite, TheirsThatWeNeverAnswerIs500) {
  const auto session = established_outbound();
  deliver(offer_of_theirs(*session));
  clock_.advance(30s);
  EXPECT_EQ(last().status(), 500);
  session->accept(kAnswer);  // too late
  EXPECT_EQ(last().status(), 500);
  EXPECT_TRUE(session->established());
}

TEST_F(Reinvite, TheirsMayBeWithdrawn) {
  const auto session = established_outbound();
  const Message invite = offer_of_theirs(*session);
  deliver(invite);
  deliver(server_cancel(invite));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n<- CANCEL\n-> 200 CANCEL\n-> 487 INVITE\n");
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\nreoffer cancelled\n");
  EXPECT_TRUE(session->established());
}

TEST_F(Reinvite, TheirsWithoutAckEndsTheCall) {
  const auto session = established_outbound();
  deliver(offer_of_theirs(*session));
  session->accept(kAnswer);
  clock_.advance(32s);
  EXPECT_EQ(last().method(), "BYE");
  reply(200);
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\nended failure 408\n");
}

TEST_F(Reinvite, TheirsDuringOurHangUpIs481) {
  const auto session = established_outbound();
  session->end();
  deliver(offer_of_theirs(*session));
  EXPECT_EQ(last().status(), 481);
}

}  // namespace
}  // namespace rc::sip
