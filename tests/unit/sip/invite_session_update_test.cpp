// SPDX-License-Identifier: LGPL-2.1-or-later
// UPDATE of theirs with an offer (RFC 3311): answered as a re-INVITE's, without an ACK.
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class UpdateOffer : public UserAgentTest {
 protected:
  Message update(const InviteSession& session, const std::string& body = "v=0 hold") {
    Message update = server_request("UPDATE", &session);
    update.add("Contact", "<sip:new@198.51.100.9>");
    if (!body.empty()) update.set_body("application/sdp", body);
    return update;
  }
};

TEST_F(UpdateOffer, IsAnsweredInTheOk) {
  const auto session = established_outbound();
  deliver(update(*session));
  EXPECT_EQ(notes_.take(), "reoffer v=0 hold\n");
  EXPECT_EQ(conversation(), "<- UPDATE\n");  // no 100
  session->accept("v=0 held");
  EXPECT_EQ(last().body(), "v=0 held");
  EXPECT_TRUE(last().has("Contact"));
  EXPECT_EQ(conversation(), "-> 200 UPDATE\n");
  clock_.advance(1h);  // nothing is repeated, no ACK is missed
  EXPECT_EQ(conversation(), "");
  session->end();
  EXPECT_EQ(last().request_uri(), "sip:new@198.51.100.9");
}

TEST_F(UpdateOffer, CanBeRefused) {
  const auto session = established_inbound();
  deliver(update(*session));
  session->reject(488);
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 488 UPDATE\n");
  EXPECT_TRUE(session->established());
  session->end();
  EXPECT_NE(last().request_uri(), "sip:new@198.51.100.9");  // refused, it refreshed nothing
}

TEST_F(UpdateOffer, ThatWeNeverAnswerIs500) {
  const auto session = established_outbound();
  deliver(update(*session));
  clock_.advance(30s);
  EXPECT_EQ(last().status(), 500);
  session->accept(kAnswer);  // too late
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 500 UPDATE\n");
}

TEST_F(UpdateOffer, DuringOursIs491) {
  const auto session = established_outbound();
  Outcome outcome;
  session->reinvite("v=0 hold", outcome.callback());
  conversation();
  deliver(update(*session));
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 491 UPDATE\n");
  EXPECT_FALSE(last().has("Retry-After"));
  deliver(update(*session, ""));  // without an offer it may come at any time
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 200 UPDATE\n");
}

TEST_F(UpdateOffer, BeforeOurAnswerToTheirsIs500) {
  const auto session = established_outbound();
  deliver(update(*session));
  conversation();
  deliver(update(*session));
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 500 UPDATE\n");
  EXPECT_LE(last().number("Retry-After"), 10u);
  deliver(server_request("INVITE", session.get()));
  EXPECT_EQ(conversation(), "<- INVITE\n-> 500 INVITE\n");
  session->accept(kAnswer);
  EXPECT_EQ(conversation(), "-> 200 UPDATE\n");
}

TEST_F(UpdateOffer, BeforeTheirCallIsAnsweredIs500) {
  deliver(server_invite());
  conversation();
  deliver(update(*incoming_));
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 500 UPDATE\n");
  EXPECT_TRUE(last().number("Retry-After").has_value());
  incoming_->accept(kAnswer);
  EXPECT_EQ(last().cseq()->method, "INVITE");
}

TEST_F(UpdateOffer, BeforeOurCallIsAnsweredIs491) {
  const auto session =
      user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  reply(183);
  deliver(update(*session));
  EXPECT_EQ(last().status(), 491);
  deliver(server_request("INVITE", session.get()));
  EXPECT_EQ(last().status(), 491);
}

TEST_F(UpdateOffer, AheadOfTheAckIsToComeAgain) {
  const Message invite = server_invite();
  deliver(invite);
  incoming_->accept(kAnswer);
  conversation();
  deliver(update(*incoming_));
  EXPECT_EQ(conversation(), "<- UPDATE\n-> 500 UPDATE\n");
  clock_.advance(500ms);
  EXPECT_EQ(conversation(), "-> 200 INVITE\n");  // still waits for its ACK
}

TEST_F(UpdateOffer, BeforeTheAnswerToOurLateOfferIs491) {
  deliver(server_invite(""));
  incoming_->accept(kOffer);
  deliver(update(*incoming_));
  EXPECT_EQ(last().status(), 491);
}

TEST_F(UpdateOffer, RefreshesTheSessionTimerToo) {
  const auto session = established_outbound();
  Message request = update(*session);
  request.add("Session-Expires", "1800;refresher=uac");
  request.add("Supported", "timer");
  deliver(request);
  session->accept(kAnswer);
  EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uac");
  clock_.advance(1768s);
  EXPECT_EQ(last().method(), "BYE");
}

TEST_F(UpdateOffer, WithABodyThatIsNoOfferIs415) {
  const auto session = established_outbound();
  Message request = server_request("UPDATE", session.get());
  request.set_body("application/isup", "x");
  deliver(request);
  EXPECT_EQ(last().status(), 415);
  EXPECT_EQ(notes_.take(), "");
}

// Every request has an outcome, also when the call ends under it.
TEST_F(UpdateOffer, StillOpenWhenWeHangUpIs487) {
  for (const char* method : {"UPDATE", "INVITE"}) {
    const auto session = established_outbound();
    Message request = update(*session);
    if (method == std::string("INVITE")) {
      request = server_request("INVITE", session.get());
      request.set_body("application/sdp", "v=0 hold");
    }
    deliver(request);
    conversation();
    session->end();
    EXPECT_EQ(conversation(), "-> 487 " + std::string(method) + "\n-> BYE\n");
    reply(200);
  }
}

}  // namespace
}  // namespace rc::sip
