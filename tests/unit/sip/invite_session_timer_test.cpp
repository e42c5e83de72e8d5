// SPDX-License-Identifier: LGPL-2.1-or-later
// Session timers (RFC 4028) with the server as refresher.
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class SessionTimerTest : public UserAgentTest {
 protected:
  // An answered call whose INVITE asked for a timer.
  void call(const std::string& session_expires, const std::string& header = "Supported") {
    Message invite = server_invite();
    invite.add("Session-Expires", session_expires);
    invite.add(header, "timer");
    deliver(invite);
    if (incoming_ == nullptr) return;
    incoming_->accept(kAnswer);
    deliver(server_ack(invite));
    notes_.take();
  }
  Message answer() {
    for (size_t i = sent_count(); i-- > 0;) {
      if (sent(i).status() == 200) return sent(i);
    }
    return last();
  }
};

TEST_F(SessionTimerTest, GoesAlongAndHangsUpWhenNotRefreshed) {
  call("1800;refresher=uac");
  EXPECT_EQ(answer().header("Session-Expires"), "1800;refresher=uac");
  EXPECT_TRUE(answer().has_token("Require", "timer"));
  clock_.advance(1767s);
  EXPECT_TRUE(incoming_->established());
  clock_.advance(1s);
  EXPECT_EQ(last().method(), "BYE");
  reply(200);
  EXPECT_EQ(notes_.take(), "ended failure 408\n");
}

TEST_F(SessionTimerTest, UpdateRefreshes) {
  call("1800");
  clock_.advance(1700s);
  Message update = server_request("UPDATE", incoming_.get());
  update.add("Session-Expires", "1800;refresher=uac");
  update.add("Supported", "timer");
  deliver(update);
  EXPECT_EQ(last().header("Session-Expires"), "1800;refresher=uac");
  clock_.advance(1700s);
  EXPECT_TRUE(incoming_->established());
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

TEST_F(SessionTimerTest, OurOfferWithoutItSwitchesItOff) {
  call("1800");
  Outcome outcome;
  incoming_->reinvite(kOffer, outcome.callback());
  reply(200, kAnswer);
  clock_.advance(24h);
  EXPECT_TRUE(incoming_->established());
}

TEST_F(SessionTimerTest, RequiredTimerIsTaken) {
  call("14400;refresher=uac", "Require");
  EXPECT_TRUE(incoming_->established());
}

TEST_F(SessionTimerTest, TimerThatWeWouldHaveToRefreshIsNotTaken) {
  call("1800;refresher=uas");
  EXPECT_FALSE(answer().has("Session-Expires"));
  clock_.advance(24h);
  EXPECT_TRUE(incoming_->established());
}

TEST_F(SessionTimerTest, RequiringUsToRefreshIs420) {
  call("1800;refresher=uas", "Require");
  EXPECT_EQ(incoming_, nullptr);
  EXPECT_EQ(last().status(), 420);
  EXPECT_EQ(last().header("Unsupported"), "timer");
}

TEST_F(SessionTimerTest, TooShortIsTakenAs90Seconds) {
  call("5");
  EXPECT_EQ(answer().header("Session-Expires"), "90;refresher=uac");
}

}  // namespace
}  // namespace rc::sip
