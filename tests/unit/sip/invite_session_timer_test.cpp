// SPDX-License-Identifier: LGPL-2.1-or-later
// Session timers (RFC 4028): asked for by either side, refreshed by either side.
#include <algorithm>

#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class SessionTimerTest : public UserAgentTest {
 protected:
  // Their INVITE or UPDATE that asks for a timer.
  Message asking(Message request, const std::string& session_expires,
                 const std::string& header = "Supported") {
    request.add("Session-Expires", session_expires);
    if (!header.empty()) request.add(header, "timer");
    return request;
  }
  // An answered call whose INVITE asked for a timer.
  void call(const std::string& session_expires, const std::string& header = "Supported",
            const std::string& allow = "INVITE, UPDATE, BYE") {
    Message invite = asking(server_invite(), session_expires, header);
    invite.add("Allow", allow);
    deliver(invite);
    if (incoming_ == nullptr) return;
    incoming_->accept(kAnswer);
    deliver(server_ack(invite));
    notes_.take();
    answer_ = last_ok();
    conversation();
  }
  // A call of ours that is answered with these headers.
  std::shared_ptr<InviteSession> dial(
      const std::vector<std::pair<std::string, std::string>>& with) {
    auto session = user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
    reply_with(200, with);
    notes_.take();
    conversation();
    return session;
  }
  void reply_with(int status, const std::vector<std::pair<std::string, std::string>>& headers) {
    Message response = response_to(Message(last()), status, "srv");
    response.set("Contact", "<sip:server@198.51.100.73:8083;transport=wss>");
    for (const auto& [name, value] : headers) response.add(name, value);
    deliver(response);
  }
  Message last_ok() {
    for (size_t i = sent_count(); i-- > 0;) {
      if (sent(i).status() == 200) return sent(i);
    }
    return last();
  }

  Message answer_ = Message::response(500);  // our 200 in call()
};

// --- they refresh ---

TEST_F(SessionTimerTest, GoesAlongAndHangsUpWhenNotRefreshed) {
  call("1800;refresher=uac");
  EXPECT_EQ(answer_.header("Session-Expires"), "1800;refresher=uac");
  EXPECT_TRUE(answer_.has_token("Require", "timer"));
  clock_.advance(1767s);
  EXPECT_TRUE(incoming_->established());
  EXPECT_EQ(conversation(), "");
  clock_.advance(1s);
  EXPECT_EQ(last().method(), "BYE");
  reply(200);
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
}

TEST_F(SessionTimerTest, WhoKnowsTimersRefreshesWhenNobodyIsNamed) {
  call("1800", "Require");
  EXPECT_EQ(answer_.header("Session-Expires"), "1800;refresher=uac");
}

TEST_F(SessionTimerTest, UpdateRefreshes) {
  call("1800");
  clock_.advance(1700s);
  deliver(asking(server_request("UPDATE", incoming_.get()), "1800;refresher=uac"));
  EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uac");
  clock_.advance(1700s);
  EXPECT_TRUE(incoming_->established());
  clock_.advance(68s);
  EXPECT_EQ(last().method(), "BYE");
}

TEST_F(SessionTimerTest, ReinviteWithoutItSwitchesItOff) {
  call("1800");
  Message invite = server_request("INVITE", incoming_.get());
  invite.set_body("application/sdp", kOffer);
  deliver(invite);
  incoming_->accept(kAnswer);
  deliver(server_ack(invite));
  clock_.advance(24h);
  EXPECT_TRUE(incoming_->established());
}

TEST_F(SessionTimerTest, OurOfferKeepsWhoRefreshes) {
  call("1800");
  Outcome outcome;
  incoming_->reinvite(kOffer, outcome.callback());
  EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uas");
  reply_with(200, {{"Session-Expires", "1800;refresher=uas"}});
  conversation();
  clock_.advance(1767s);
  EXPECT_EQ(conversation(), "");
  clock_.advance(1s);
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(SessionTimerTest, OurOfferThatIsAnsweredWithoutItSwitchesItOff) {
  call("1800");
  Outcome outcome;
  incoming_->reinvite(kOffer, outcome.callback());
  reply(200, kAnswer);
  clock_.advance(24h);
  EXPECT_TRUE(incoming_->established());
}

// --- we refresh ---

TEST_F(SessionTimerTest, WeRefreshByUpdateAtHalfTheTime) {
  call("1800;refresher=uas");
  EXPECT_EQ(answer_.header("Session-Expires"), "1800;refresher=uas");
  clock_.advance(899s);
  EXPECT_EQ(conversation(), "");
  for (int i = 0; i < 3; ++i) {
    clock_.advance(i == 0 ? 1s : 900s);
    EXPECT_EQ(conversation(), "-> UPDATE\n");
    EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uac");
    EXPECT_TRUE(last().has_token("Supported", "timer"));
    EXPECT_TRUE(last().body().empty());
    EXPECT_TRUE(last().has("Contact"));
    reply_with(200, {{"Session-Expires", "1800;refresher=uac"}});
    conversation();
  }
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(SessionTimerTest, WhoDoesNotKnowTimersIsRefreshedByUs) {  // a proxy asked: table 2
  call("1800", "");
  EXPECT_EQ(answer_.header("Session-Expires"), "1800;refresher=uas");
  EXPECT_FALSE(answer_.has("Require"));
  clock_.advance(900s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
}

TEST_F(SessionTimerTest, WithoutUpdateTheApplicationIsAskedForAReinvite) {
  call("1800;refresher=uas", "Supported", "INVITE, BYE");
  clock_.advance(900s);
  EXPECT_EQ(notes_.take(), "refresh due\n");
  EXPECT_EQ(conversation(), "");
  Outcome outcome;
  incoming_->reinvite(kAnswer, outcome.callback());
  EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uac");
  reply_with(200, {{"Session-Expires", "1800;refresher=uac"}});
  clock_.advance(899s);
  EXPECT_EQ(notes_.take(), "");
  clock_.advance(1s);
  EXPECT_EQ(notes_.take(), "refresh due\n");
}

TEST_F(SessionTimerTest, RefusedUpdateIsFollowedByAReinvite) {
  call("1800;refresher=uas");
  clock_.advance(900s);
  reply(501);
  EXPECT_EQ(notes_.take(), "");
  clock_.advance(434s);  // half of what is left until the BYE
  EXPECT_EQ(notes_.take(), "refresh due\n");
  EXPECT_TRUE(incoming_->established());
}

TEST_F(SessionTimerTest, RefreshThatFindsNoSocketIsMadeUpFor) {
  call("1800;refresher=uas");
  lose_socket();
  clock_.advance(900s);
  connect();
  conversation();
  clock_.advance(434s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
}

TEST_F(SessionTimerTest, HangsUpWhenNoRefreshOfOursSucceeds) {
  call("1800;refresher=uas", "Supported", "INVITE, BYE");
  clock_.advance(1767s);
  EXPECT_EQ(conversation(), "");
  const std::string asked = notes_.take();
  EXPECT_EQ(std::count(asked.begin(), asked.end(), '\n'), 9);  // each at half of what is left
  clock_.advance(1s);
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(SessionTimerTest, RefreshOfAnUnknownDialogEndsTheCall) {
  call("1800;refresher=uas");
  clock_.advance(900s);
  reply(481);
  EXPECT_EQ(last().method(), "BYE");
  EXPECT_EQ(notes_.take(), "ended failure 481\n");
}

TEST_F(SessionTimerTest, RefreshWithoutAnswerEndsTheCall) {
  call("1800;refresher=uas");
  clock_.advance(932s);
  EXPECT_EQ(last().method(), "BYE");
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
}

// --- too short ---

TEST_F(SessionTimerTest, TooShortIs422WithOurMinimum) {
  for (const char* header : {"Supported", "Require"}) {
    call("89;refresher=uac", header);
    EXPECT_EQ(incoming_, nullptr);
    EXPECT_EQ(last().status(), 422);
    EXPECT_EQ(last().header("Min-SE"), "90");
  }
  call("90;refresher=uac");
  EXPECT_EQ(answer_.header("Session-Expires"), "90;refresher=uac");
}

TEST_F(SessionTimerTest, TooShortIs422InsideTheCallToo) {
  const auto session = established_inbound();
  deliver(asking(server_request("UPDATE", session.get()), "5"));
  EXPECT_EQ(last().status(), 422);
  deliver(asking(server_request("INVITE", session.get()), "5"));
  EXPECT_EQ(last().status(), 422);
  EXPECT_EQ(notes_.take(), "");
  EXPECT_TRUE(session->established());
}

// Section 8.1: a 422 would mean nothing to who does not know timers, and we don't refresh twice a
// second.
TEST_F(SessionTimerTest, TooShortWithoutKnowingTimersIsNoTimer) {
  call("1", "");
  EXPECT_FALSE(answer_.has("Session-Expires"));
  clock_.advance(1h);
  EXPECT_EQ(conversation(), "");
}

// --- calls of ours ---

TEST_F(SessionTimerTest, OurInviteSaysThatWeKnowTimers) {
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  EXPECT_TRUE(last().has_token("Supported", "timer"));
  EXPECT_FALSE(last().has("Session-Expires"));
}

TEST_F(SessionTimerTest, TheirAnswerMayMakeUsRefresh) {
  dial({{"Session-Expires", "600;refresher=uac"}, {"Allow", "INVITE, UPDATE"}});
  clock_.advance(300s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
  EXPECT_EQ(last().header("Session-Expires"), "600;refresher=uac");
}

TEST_F(SessionTimerTest, TheirAnswerMayMakeThemRefresh) {
  dial({{"Session-Expires", "600;refresher=uas"}, {"Allow", "INVITE, UPDATE"}});
  clock_.advance(567s);
  EXPECT_EQ(conversation(), "");
  clock_.advance(1s);
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(SessionTimerTest, IntervalOfNoTimeDoesNotMakeUsBabble) {
  dial({{"Session-Expires", "0;refresher=uac"}, {"Allow", "INVITE, UPDATE"}});
  clock_.advance(44s);
  EXPECT_EQ(conversation(), "");
  clock_.advance(1s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
}

TEST_F(SessionTimerTest, A422IsAnsweredOnceWithTheirMinimum) {
  const auto session =
      user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  const Message first = last();
  reply_with(422, {{"Min-SE", "3600"}});
  EXPECT_EQ(conversation(), "-> INVITE\n<- 422 INVITE\n-> ACK\n-> INVITE\n");
  EXPECT_EQ(last().header("Session-Expires"), "3600");
  EXPECT_EQ(last().header("Min-SE"), "3600");
  EXPECT_EQ(last().cseq()->number, first.cseq()->number + 1);
  EXPECT_EQ(last().call_id(), first.call_id());
  EXPECT_EQ(last().from_tag(), first.from_tag());
  EXPECT_NE(last().top_via()->branch(), first.top_via()->branch());
  reply_with(422, {{"Min-SE", "7200"}});
  EXPECT_EQ(conversation(), "<- 422 INVITE\n-> ACK\n");
  EXPECT_EQ(notes_.take(), "ended remote 422\n");
}

TEST_F(SessionTimerTest, A422AfterAChallengeMayBeChallengedAgain) {
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  challenge(407, "n1");
  reply_with(422, {{"Min-SE", "3600"}});
  EXPECT_FALSE(last().has("Proxy-Authorization"));
  challenge(407, "n2");
  EXPECT_NE(last().header("Proxy-Authorization")->find("n2"), std::string_view::npos);
  EXPECT_EQ(last().header("Min-SE"), "3600");
  reply_with(200, {{"Session-Expires", "3600;refresher=uac"}, {"Allow", "UPDATE"}});
  conversation();
  clock_.advance(1800s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
  EXPECT_EQ(last().header("Min-SE"), "3600");  // section 7.4
}

TEST_F(SessionTimerTest, A422ThatMakesNoSenseEndsTheCall) {
  for (const char* minimum : {"", "0", "x", "86401", "4294967295", "99999999999999999999"}) {
    user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
    reply_with(422, {{"Min-SE", minimum}});
    EXPECT_EQ(notes_.take(), "ended remote 422\n") << minimum;
  }
}

TEST_F(SessionTimerTest, RefreshOfOursGetsALongerInterval) {
  call("1800;refresher=uas");
  clock_.advance(900s);
  reply_with(422, {{"Min-SE", "3000"}});
  EXPECT_EQ(conversation(), "-> UPDATE\n<- 422 UPDATE\n-> UPDATE\n");
  EXPECT_EQ(last().header("Session-Expires"), "3000;refresher=uac");
  EXPECT_EQ(last().header("Min-SE"), "3000");
  reply_with(200, {{"Session-Expires", "3000;refresher=uac"}});
  conversation();
  clock_.advance(1500s);
  EXPECT_EQ(conversation(), "-> UPDATE\n");
}

}  // namespace
}  // namespace rc::sip
