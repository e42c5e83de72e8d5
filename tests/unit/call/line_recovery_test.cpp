// SPDX-License-Identifier: LGPL-2.1-or-later
// What a lost socket and the next one do to calls.
#include "line_fixture.h"

namespace rc::call {
namespace {

class LineRecovery : public LineTest {};

TEST_F(LineRecovery, RepairsAnAnsweredCallWithOneReinviteOfTheSameSdp) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  EXPECT_EQ(last().state, CallState::kConnected);
  new_socket();
  EXPECT_EQ(conversation(), "-> INVITE\n");
  EXPECT_EQ(sent("INVITE").body(), "v=0 our offer again");
  reply(sent("INVITE"), 200, kAnswer);
  EXPECT_EQ(conversation(), "<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(media_.take_log(), "reoffer\napply v=0 their answer\n");
  clock_.advance(60s);
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(last().state, CallState::kConnected);
}

TEST_F(LineRecovery, RepairsCallsOfBothDirectionsAndLeavesThoseThatRing) {
  add_seat("a");
  connected_inbound();
  connected_outbound();
  invite();
  conversation();
  lose_socket();
  new_socket();
  EXPECT_EQ(conversation(), "-> INVITE\n-> INVITE\n");
}

TEST_F(LineRecovery, AByeThatComesLaterIsObeyed) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  lose_socket();
  new_socket();
  reply(sent("INVITE"), 200, kAnswer);
  request_of(call, "BYE");
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
}

TEST_F(LineRecovery, ACallThatTheServerForgotEnds) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  new_socket();
  reply(sent("INVITE"), 481);
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().status, 481);
}

TEST_F(LineRecovery, ACallWhoseServerIsSilentEndsWithin32Seconds) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  new_socket();
  clock_.advance(32s);
  settle();
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
}

TEST_F(LineRecovery, ARefusalLeavesTheCallAsItWas) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  new_socket();
  reply(sent("INVITE"), 488);
  EXPECT_EQ(last().state, CallState::kConnected);
  EXPECT_FALSE(media_.alive.empty());
}

TEST_F(LineRecovery, ASecondCutDuringTheRepairIsRepairedByTheNextSocket) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  new_socket();
  lose_socket();
  conversation();
  new_socket();
  EXPECT_EQ(conversation(), "-> INVITE\n");
  reply(sent("INVITE"), 200, kAnswer);
  EXPECT_EQ(last().state, CallState::kConnected);
}

TEST_F(LineRecovery, RepairWaitsForTheAckThatTheCutSwallowed) {
  add_seat("a");
  const sip::Message call = invite();
  media_.last().connect();
  lose_socket();
  conversation();
  new_socket();
  EXPECT_EQ(conversation(), "");
  clock_.advance(500ms);
  EXPECT_EQ(conversation(), "-> 200 INVITE\n");
  ack(call);
  EXPECT_EQ(conversation(), "<- ACK\n-> INVITE\n");
}

TEST_F(LineRecovery, ACallThatWeHungUpMeanwhileIsNotRepaired) {
  add_seat("a");
  connected_inbound();
  lose_socket();
  hang_up(last().id);
  conversation();
  new_socket();
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(LineRecovery, ADialThatIsNotAnsweredFailsOnceWithAWord) {
  EXPECT_EQ(dial("+12025550100"), "");
  lose_socket();
  EXPECT_EQ(last().state, CallState::kEnded);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().status, 503);
  new_socket();
  EXPECT_EQ(sent_count("INVITE"), 1);
}

// RFC 4028 with a peer that takes no UPDATE.
TEST_F(LineRecovery, ASessionTimerIsServedByAReinviteOfTheSameSdp) {
  add_seat("a");
  dial("+12025550100");
  reply(sent("INVITE"), 200, kAnswer,
        {{"Session-Expires", "1800;refresher=uac"}, {"Allow", "INVITE, BYE"}});
  media_.last().connect();
  media_.take_log();
  conversation();
  clock_.advance(900s);
  EXPECT_EQ(conversation(), "-> INVITE\n");
  EXPECT_EQ(sent("INVITE").body(), "v=0 our offer again");
  reply(sent("INVITE"), 200, kAnswer, {{"Session-Expires", "1800;refresher=uac"}});
  EXPECT_EQ(media_.take_log(), "reoffer\napply v=0 their answer\n");
  EXPECT_EQ(last().state, CallState::kConnected);
}

}  // namespace
}  // namespace rc::call
