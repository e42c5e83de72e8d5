// SPDX-License-Identifier: LGPL-2.1-or-later
// Seats for one call: those that ask for it, and those that are brought when a call needs one.
#include "line_fixture.h"

namespace rc::call {
namespace {

class SeatForACall : public LineTest {};

class SeatForARingingCall : public LineTest {
 protected:
  SeatForARingingCall() : LineTest([](LineOptions& o) { o.answer = AnswerPolicy::kRing; }) {}
};

class SeatBroughtLater : public LineTest {
 protected:
  SeatBroughtLater() : LineTest([](LineOptions& o) { o.answer_delay = 3s; }) {}
};

TEST_F(SeatForARingingCall, AnswersIt) {
  const sip::Message invite = this->invite();
  const auto seat = add_seat_for(last().id, 8000);
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(seat->take(), "ringing\nanswered\n");
  EXPECT_EQ(media_.last().receiver(), seat->receiver.get());
  EXPECT_EQ(media_.last().options().receive_rate, 8000);
  request_of(invite, "BYE");
  EXPECT_EQ(seat->take(), "ended\n");
}

TEST_F(SeatForACall, TakesNoOther) {
  const auto seat = add_seat_for("c-somebodyelse");
  EXPECT_NE(seat->take().find("refused there is no call c-somebodyelse"), std::string::npos);
  invite();
  EXPECT_EQ(last().state, CallState::kRinging);
  EXPECT_EQ(seat->take(), "");
}

TEST_F(SeatForACall, IsRefusedWhenTheCallIsOver) {
  const sip::Message invite = this->invite();
  cancel(invite);
  const auto seat = add_seat_for(last().id);
  EXPECT_EQ(seat->take().rfind("refused there is no call", 0), 0U);
}

TEST_F(SeatForACall, IsRefusedWhenTheCallHasOne) {
  const auto first = add_seat("first");
  const sip::Message invite = this->invite();
  first->take();
  const auto second = add_seat_for(last().id);
  EXPECT_EQ(second->take(), "refused call " + last().id + " has its rcsrc already\n");
  EXPECT_EQ(media_.last().receiver(), first->receiver.get());
  EXPECT_EQ(first->take(), "");
}

TEST_F(SeatForARingingCall, HearsWhatIsAnsweredAlready) {
  connected_inbound();
  const auto seat = add_seat_for(last().id);
  EXPECT_EQ(seat->take(), "connected\n");
  EXPECT_EQ(media_.last().receiver(), seat->receiver.get());
  EXPECT_EQ(media_.take_log(), "");
}

TEST_F(SeatForARingingCall, IsRefusedWhenItComesLateWithAnotherRate) {
  connected_inbound();
  const auto seat = add_seat_for(last().id, 8000);
  EXPECT_NE(seat->take().find("must have 16000 Hz"), std::string::npos);
  EXPECT_EQ(media_.last().receiver(), nullptr);
}

TEST_F(SeatForACall, IsWaitedForWhenItComes) {
  bring_seats_ = true;
  invite();
  const std::string id = last().id;
  EXPECT_EQ(wanted_, std::vector{id});
  const auto other = add_seat("other");
  EXPECT_EQ(last().state, CallState::kRinging);
  EXPECT_EQ(other->take(), "");
  const auto seat = add_seat_for(id);
  EXPECT_EQ(seat->take(), "ringing\nanswered\n");
}

TEST_F(SeatForACall, IsNotWantedWhileAnotherIsFree) {
  bring_seats_ = true;
  add_seat("free");
  invite();
  EXPECT_EQ(last().state, CallState::kAnswered);
  EXPECT_TRUE(wanted_.empty());
}

TEST_F(SeatForACall, IsNotWantedForWhatTheApplicationTook) {
  bring_seats_ = take_calls_ = true;
  invite();
  EXPECT_EQ(answer(last().id), "");
  EXPECT_EQ(last().state, CallState::kAnswered);
  EXPECT_TRUE(wanted_.empty());
}

TEST_F(SeatForARingingCall, IsWantedWhenTheApplicationAnswers) {
  bring_seats_ = true;
  invite();
  EXPECT_TRUE(wanted_.empty());
  const std::string id = last().id;
  EXPECT_EQ(answer(id), "");
  EXPECT_EQ(wanted_, std::vector{id});
  EXPECT_EQ(last().state, CallState::kRinging);
  EXPECT_EQ(add_seat_for(id)->take(), "ringing\nanswered\n");
}

TEST_F(SeatForACall, IsWantedForWhatIsDialledAndWaitedFor) {
  bring_seats_ = true;
  EXPECT_EQ(dial("+12025550100"), "");
  EXPECT_EQ(wanted_, std::vector{last().id});
  EXPECT_EQ(sent_count("INVITE"), 0);
  const auto seat = add_seat_for(last().id, 48000);
  EXPECT_EQ(sent_count("INVITE"), 1);
  EXPECT_EQ(media_.last().options().receive_rate, 48000);
  reply(sent("INVITE"), 200, kAnswer);
  EXPECT_EQ(seat->take(), "dialing\nanswered\n");
}

TEST_F(SeatForACall, IsDispensableForWhatIsDialled) {
  EXPECT_EQ(dial("+12025550100"), "");
  EXPECT_EQ(wanted_.size(), 1U);
  EXPECT_EQ(sent_count("INVITE"), 1);
}

TEST_F(SeatForACall, IsNotNeededToHangUp) {
  bring_seats_ = true;
  dial("+12025550100");
  EXPECT_EQ(hang_up(last().id), "");
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(sent_count("INVITE"), 0);
}

TEST_F(SeatBroughtLater, IsWantedWhenTheCallHasRungForTheDelay) {
  bring_seats_ = true;
  invite();
  clock_.advance(2s);
  EXPECT_TRUE(wanted_.empty());
  clock_.advance(1s);
  EXPECT_EQ(wanted_, std::vector{last().id});
  add_seat_for(last().id);
  EXPECT_EQ(last().state, CallState::kAnswered);
}

// The delay is counted from the first ring, however late a seat comes free.
TEST_F(SeatBroughtLater, AnswersAtOnceWhenTheDelayIsOver) {
  invite();
  clock_.advance(4s);
  EXPECT_EQ(last().state, CallState::kRinging);
  add_seat("free");
  EXPECT_EQ(last().state, CallState::kAnswered);
}

TEST_F(SeatForACall, IsAskedForAgainWhenSomebodyCanBringOne) {
  invite();
  EXPECT_EQ(wanted_.size(), 1U);
  bring_seats_ = true;
  line_.seat_ringing_calls();
  EXPECT_EQ(wanted_.size(), 2U);
  line_.seat_ringing_calls();
  EXPECT_EQ(wanted_.size(), 2U);
}

}  // namespace
}  // namespace rc::call
