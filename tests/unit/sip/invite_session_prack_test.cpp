// SPDX-License-Identifier: LGPL-2.1-or-later
// Reliable provisional responses (RFC 3262): theirs to our INVITE, ours to theirs.
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

// --- theirs ---

class ReliableProgressTest : public UserAgentTest {
 protected:
  void SetUp() override {
    session_ = user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
    invite_ = last();
    conversation();
  }
  void progress(int status, const std::string& rseq, const std::string& tag = "srv",
                const std::string& body = {}) {
    Message response = response_to(invite_, status, tag);
    response.set("Contact", "<sip:" + tag + "@198.51.100.73;transport=wss>");
    response.add("Record-Route", "<sip:proxy.example.com;lr>");
    response.add("Require", "100rel");
    if (!rseq.empty()) response.add("RSeq", rseq);
    if (!body.empty()) response.set_body("application/sdp", body);
    deliver(response);
  }
  std::string rack_of_last() { return std::string(last("PRACK").header("RAck").value_or("")); }
  std::string invite_number() const { return std::to_string(invite_.cseq()->number); }

  std::shared_ptr<InviteSession> session_;
  Message invite_ = Message::response(500);  // ours
};

TEST_F(ReliableProgressTest, IsAcknowledgedInItsDialog) {
  progress(183, "4711");
  EXPECT_EQ(conversation(), "<- 183 INVITE\n-> PRACK\n");
  const Message& prack = last("PRACK");
  EXPECT_EQ(prack.header("RAck"), "4711 " + invite_number() + " INVITE");
  EXPECT_EQ(prack.request_uri(), "sip:srv@198.51.100.73;transport=wss");
  EXPECT_EQ(prack.header("Route"), "<sip:proxy.example.com;lr>");
  EXPECT_EQ(prack.to_tag(), "srv");
  EXPECT_EQ(prack.call_id(), session_->call_id());
  EXPECT_EQ(prack.cseq()->number, invite_.cseq()->number + 1);
  EXPECT_TRUE(prack.body().empty());
  EXPECT_EQ(notes_.take(), "progress 183\n");
}

TEST_F(ReliableProgressTest, RepeatIsAcknowledgedAndToldOnce) {
  progress(180, "7");
  progress(180, "7");
  EXPECT_EQ(conversation(), "<- 180 INVITE\n-> PRACK\n<- 180 INVITE\n");
  EXPECT_EQ(notes_.take(), "progress 180\n");
}

TEST_F(ReliableProgressTest, OneThatOvertookAnotherIsIgnored) {
  progress(183, "7");
  conversation();
  progress(180, "9");
  progress(181, "6");
  EXPECT_EQ(conversation(), "<- 180 INVITE\n<- 181 INVITE\n");
  progress(182, "8");
  progress(180, "9");
  EXPECT_EQ(conversation(), "<- 182 INVITE\n-> PRACK\n<- 180 INVITE\n-> PRACK\n");
  EXPECT_EQ(rack_of_last(), "9 " + invite_number() + " INVITE");
  EXPECT_EQ(notes_.take(), "progress 183\nprogress 182\nprogress 180\n");
}

TEST_F(ReliableProgressTest, EachForkIsCountedForItself) {
  progress(183, "7", "one");
  EXPECT_EQ(last("PRACK").to_tag(), "one");
  progress(183, "100", "two");
  EXPECT_EQ(last("PRACK").to_tag(), "two");
  EXPECT_EQ(last("PRACK").request_uri(), "sip:two@198.51.100.73;transport=wss");
  const uint32_t cseq = last("PRACK").cseq()->number;
  progress(180, "8", "one");
  EXPECT_EQ(rack_of_last(), "8 " + invite_number() + " INVITE");
  EXPECT_EQ(last("PRACK").to_tag(), "one");
  EXPECT_GT(last("PRACK").cseq()->number, cseq);
  conversation();
  progress(180, "8", "two");  // that is the other's number
  EXPECT_EQ(conversation(), "<- 180 INVITE\n");
}

TEST_F(ReliableProgressTest, PrackMayBeChallenged) {
  progress(183, "7");
  challenge(407, "n1");
  EXPECT_EQ(conversation(), "<- 183 INVITE\n-> PRACK\n<- 407 PRACK\n-> PRACK\n");
  EXPECT_TRUE(last().has("Proxy-Authorization"));
  EXPECT_EQ(rack_of_last(), "7 " + invite_number() + " INVITE");
}

TEST_F(ReliableProgressTest, RequestsAfterItCountOn) {
  progress(183, "7");
  reply_to(Message(last("PRACK")), 200);
  reply_to(invite_, 200, kAnswer);
  EXPECT_EQ(last("ACK").cseq()->number, invite_.cseq()->number);
  session_->end();
  EXPECT_EQ(last("BYE").cseq()->number, invite_.cseq()->number + 2);
}

TEST_F(ReliableProgressTest, AnswerInItNeedsNotBeInTheOk) {
  progress(183, "7", "one", "v=0 of one");
  progress(183, "7", "srv", "v=0 of srv");
  reply_to(invite_, 200);
  EXPECT_EQ(notes_.take(), "progress 183\nprogress 183\nanswered v=0 of srv\n");
}

TEST_F(ReliableProgressTest, FailedPrackLeavesTheCall) {
  progress(183, "7");
  reply(481);
  reply_to(invite_, 200, kAnswer);
  EXPECT_TRUE(session_->established());
}

TEST_F(ReliableProgressTest, NonsenseIsIgnored) {
  for (const char* rseq : {"", "0", "x", "4294967296", "-1"}) progress(183, rseq);
  progress(183, "7", "");
  EXPECT_EQ(conversation().find("PRACK"), std::string::npos);
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(ReliableProgressTest, ForksAreLimited) {
  for (int i = 0; i < 40; ++i) progress(183, "1", "fork" + std::to_string(i));
  const std::string said = conversation();
  size_t pracks = 0;
  for (size_t at = 0; (at = said.find("PRACK", at)) != std::string::npos; ++at) ++pracks;
  EXPECT_EQ(pracks, 16u);
}

// It would have to be answered in the PRACK, before the application knows.
TEST_F(ReliableProgressTest, OfferInItIsNotTaken) {
  user_agent_->invite({"sip:12025550100@sip.example.com", "", {}}, &notes_);
  invite_ = last();
  conversation();
  progress(183, "7", "srv", kOffer);
  EXPECT_EQ(conversation(), "<- 183 INVITE\n");
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(ReliableProgressTest, WeDoNotOfferIt) {
  EXPECT_FALSE(invite_.has_token("Supported", "100rel"));
  EXPECT_FALSE(invite_.has_token("Require", "100rel"));
}

// --- ours ---

class ReliableRinging : public UserAgentTest {
 protected:
  // Their INVITE that requires it, ringing.
  void ring(const std::string& body = kOffer) {
    invite_ = server_invite(body);
    invite_.add("Require", "100rel");
    deliver(invite_);
    ASSERT_NE(incoming_, nullptr);
    incoming_->ring();
  }
  Message prack(const std::string& rack) {
    Message prack = server_request("PRACK", incoming_.get());
    prack.add("RAck", rack);
    return prack;
  }
  std::string right_rack() {
    last();  // all that was sent has been read
    for (size_t i = sent_count(); i-- > 0;) {
      if (sent(i).status() != 180) continue;
      return std::string(*sent(i).header("RSeq")) + " " + std::to_string(invite_.cseq()->number) +
             " INVITE";
    }
    return {};
  }

  Message invite_ = Message::response(500);  // theirs
};

TEST_F(ReliableRinging, IsServedWhenRequired) {
  ring();
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 180 INVITE\n");
  EXPECT_TRUE(last().has_token("Require", "100rel"));
  EXPECT_GE(last().number("RSeq"), 1u);
  EXPECT_LE(last().number("RSeq"), 0x7FFFFFFFu);
  deliver(prack(right_rack()));
  incoming_->accept(kAnswer);
  deliver(server_ack(invite_));
  EXPECT_EQ(conversation(), "<- PRACK\n-> 200 PRACK\n-> 200 INVITE\n<- ACK\n");
  EXPECT_FALSE(last().has_token("Require", "100rel"));
  EXPECT_EQ(notes_.take(), "ack \n");
}

TEST_F(ReliableRinging, IsNotDoneWhenOnlySupported) {
  Message invite = server_invite();
  invite.add("Supported", "100rel, timer");
  deliver(invite);
  incoming_->ring();
  EXPECT_EQ(last().status(), 180);
  EXPECT_FALSE(last().has("RSeq"));
  EXPECT_FALSE(last().has("Require"));
}

TEST_F(ReliableRinging, IsRepeatedUntilItsPrack) {
  ring();
  const std::string ringing = last().to_bytes();
  conversation();
  for (const auto wait : {500ms, 1000ms, 2000ms, 4000ms, 8000ms}) {  // doubling without end
    clock_.advance(wait - 1ms);
    EXPECT_EQ(conversation(), "");
    clock_.advance(1ms);
    EXPECT_EQ(conversation(), "-> 180 INVITE\n");
    EXPECT_EQ(last().to_bytes(), ringing);
  }
  deliver(prack(right_rack()));
  conversation();
  clock_.advance(60s);
  EXPECT_EQ(conversation(), "");
}

TEST_F(ReliableRinging, WithoutPrackTheCallIs504) {
  ring();
  clock_.advance(32s);
  EXPECT_EQ(last().status(), 504);
  EXPECT_EQ(notes_.take(), "ended failure 504\n");
  EXPECT_EQ(user_agent_->sessions(), 0u);
}

TEST_F(ReliableRinging, PrackOfNothingIs481) {
  ring();
  const std::string right = right_rack();
  const uint32_t rseq = last().number("RSeq").value_or(0);
  const uint32_t cseq = invite_.cseq()->number;
  const auto rack_of = [](uint32_t response, uint32_t request, const std::string& method) {
    return std::to_string(response) + " " + std::to_string(request) + " " + method;
  };
  ASSERT_EQ(right, rack_of(rseq, cseq, "INVITE"));
  for (const auto& rack : {rack_of(rseq + 1, cseq, "INVITE"), rack_of(rseq, cseq + 1, "INVITE"),
                           rack_of(rseq, cseq, "UPDATE"), rack_of(rseq, cseq, ""),
                           std::string("x y z"), std::string()}) {
    deliver(prack(rack));
    EXPECT_EQ(last().status(), 481) << rack;
  }
  deliver(prack(right));
  EXPECT_EQ(last().status(), 200);
  deliver(prack(right));  // acknowledged already
  EXPECT_EQ(last().status(), 481);
}

TEST_F(ReliableRinging, AnswerDoesNotWaitForThePrack) {
  ring();
  incoming_->accept(kAnswer);
  deliver(server_ack(invite_));
  conversation();
  clock_.advance(10s);
  EXPECT_EQ(conversation(), "");  // no 180 after the 200 (RFC 3262 3)
  deliver(prack(right_rack()));
  EXPECT_EQ(last().status(), 200);
  clock_.advance(1h);
  EXPECT_TRUE(incoming_->established());
}

TEST_F(ReliableRinging, RefusalAndCancelEndTheRepeats) {
  ring();
  incoming_->reject(486);
  deliver(server_ack(invite_));
  ring();
  deliver(server_cancel(invite_));
  conversation();
  clock_.advance(1h);
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(notes_.take(), "ended remote 487\nended local 486\n");
}

// The 180 would have to hold our offer (RFC 3262 5), which is there only when the call is answered.
TEST_F(ReliableRinging, LateOfferDoesNotRing) {
  ring("");
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n");
  incoming_->accept(kOffer);
  deliver(server_ack(invite_, kAnswer));
  EXPECT_EQ(notes_.take(), "ack v=0 answer\n");
}

TEST_F(ReliableRinging, OfAReinviteIsNotNeeded) {
  const auto session = established_inbound();
  Message invite = server_request("INVITE", session.get());
  invite.add("Require", "100rel");
  invite.set_body("application/sdp", kOffer);
  deliver(invite);
  session->accept(kAnswer);
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 200 INVITE\n");
}

TEST_F(ReliableRinging, OutsideDialogsPrackIs481) {
  Message prack = server_request("PRACK");
  prack.add("RAck", "1 1 INVITE");
  deliver(prack);
  EXPECT_EQ(last().status(), 481);
}

}  // namespace
}  // namespace rc::sip
