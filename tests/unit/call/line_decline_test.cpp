// SPDX-License-Identifier: LGPL-2.1-or-later
// RingCentral's way to decline: Cmd 12 to the call agent, which then takes the INVITE back.
#include "line_fixture.h"

namespace rc::call {
namespace {

class DeclinedCall : public LineTest {
 protected:
  DeclinedCall() : LineTest([](LineOptions& o) { o.answer = AnswerPolicy::kReject; }) {}
};

class DeclinedByTheApplication : public LineTest {};

TEST_F(DeclinedCall, IsTakenBackByTheServer) {
  const auto seat = add_seat("a");
  const sip::Message call = invite();
  EXPECT_EQ(last_agent_command(), "12");
  EXPECT_EQ(sent("MESSAGE").request_uri(), kAgent);
  EXPECT_EQ(last_response().status(), 180);
  reply(sent("MESSAGE"), 200);
  conversation();
  cancel(call);
  EXPECT_EQ(conversation(), "<- CANCEL\n-> 200 CANCEL\n-> 487 INVITE\n");
  EXPECT_EQ(story(last().id), "ringing ended");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
  EXPECT_EQ(last().reason, "declined");
  EXPECT_EQ(seat->take(), "");
}

TEST_F(DeclinedCall, GetsA603WhenTheServerDoesNotTakeItBack) {
  invite();
  clock_.advance(4999ms);
  EXPECT_EQ(last_response().status(), 180);
  clock_.advance(1ms);
  EXPECT_EQ(last_response().status(), 603);
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(DeclinedCall, GetsA603AtOnceWithoutAnAgent) {
  sip::Message call = new_invite();
  call.remove("P-rc");
  deliver(call);
  settle();
  EXPECT_EQ(last_response().status(), 603);
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(DeclinedByTheApplication, IsNotAnsweredByASeatThatComesFree) {
  const sip::Message call = invite();
  EXPECT_EQ(decline(last().id), "");
  EXPECT_EQ(last_agent_command(), "12");
  add_seat("a");
  EXPECT_EQ(media_.take_log(), "");
  cancel(call);
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(DeclinedByTheApplication, IsDeclinedOnce) {
  invite();
  const std::string id = last().id;
  EXPECT_EQ(decline(id), "");
  const int messages = sent_count("MESSAGE");
  clock_.advance(3s);
  EXPECT_EQ(decline(id), "");
  EXPECT_EQ(sent_count("MESSAGE"), messages);
  clock_.advance(2s);
  EXPECT_EQ(last_response().status(), 603);
}

TEST_F(DeclinedByTheApplication, IsOneThatRings) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  EXPECT_EQ(decline(last().id), "call " + last().id + " does not ring");
  clock_.advance(6s);
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(last().state, CallState::kConnected);
  EXPECT_NE(decline("c-nobody"), "");
}

TEST_F(DeclinedByTheApplication, IsThatOfTheCallerWhoGaveUpFirst) {
  const sip::Message call = invite();
  cancel(call);
  EXPECT_NE(decline(last().id), "");
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
  EXPECT_EQ(last_agent_command(), "17");
}

}  // namespace
}  // namespace rc::call
