// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that come in: who answers them, and how they end.
#include "line_fixture.h"

namespace rc::call {
namespace {

class InboundCall : public LineTest {};

class InboundCallForTheApplication : public LineTest {
 protected:
  InboundCallForTheApplication()
      : LineTest([](LineOptions& o) { o.answer = AnswerPolicy::kRing; }) {}
};

class InboundCallAnsweredLater : public LineTest {
 protected:
  InboundCallAnsweredLater() : LineTest([](LineOptions& o) { o.answer_delay = 3s; }) {}
};

class TwoCallsRinging : public LineTest {
 protected:
  TwoCallsRinging() : LineTest([](LineOptions& o) { o.max_ringing = 2; }) {}
};

TEST_F(InboundCall, IsAnsweredForTheSeatThatWaitsLongest) {
  const auto first = add_seat("first");
  const auto second = add_seat("second");
  const sip::Message invite = this->invite();
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 180 INVITE\n-> MESSAGE\n-> 200 INVITE\n");
  EXPECT_EQ(last_response().body(), "v=0 our answer");
  ack(invite);
  media_.last().connect();
  EXPECT_EQ(first->take(), "ringing\nanswered\nconnected\n");
  EXPECT_EQ(second->take(), "");
  EXPECT_EQ(media_.last().receiver(), first->receiver.get());
  EXPECT_EQ(media_.last().options().receive_rate, 24000);
  EXPECT_EQ(media_.take_log(), "answer v=0 their offer\n");
  request_of(invite, "BYE");
  this->invite();
  EXPECT_EQ(first->take(), "ended\n");
  EXPECT_EQ(second->take(), "ringing\nanswered\n");
}

TEST_F(InboundCall, TellsWhoCalls) {
  const sip::Message invite = this->invite();
  const CallInfo& call = last();
  EXPECT_EQ(call.direction, Direction::kInbound);
  EXPECT_EQ(call.from_number, "+12025550166");
  EXPECT_EQ(call.from_name, "WIRELESS CALLER");
  EXPECT_EQ(call.to_number, "+12025550179");
  EXPECT_EQ(call.to_name, "Test Callee");
  EXPECT_EQ(call.session_id, "s-33f727da");
  EXPECT_EQ(call.party_id, "p-33f727da-2");
  EXPECT_EQ(call.queue, "Sales");
  EXPECT_EQ(call.started_at, clock_.wall());
  EXPECT_FALSE(call.seated);
}

TEST_F(InboundCall, TellsItsTimesAndCodec) {
  add_seat("a");
  const sip::Message invite = this->invite();
  const auto answered = clock_.wall();
  ack(invite);
  clock_.advance(2s);
  media_.last().connect();
  EXPECT_EQ(last().codec, "OPUS");
  EXPECT_TRUE(last().seated);
  EXPECT_EQ(last().answered_at, answered);
  clock_.advance(2s);
  request_of(invite, "BYE");
  EXPECT_EQ(last().answered_at, answered);
  EXPECT_EQ(last().ended_at, answered + 4s);
}

TEST_F(InboundCall, ConfirmsReceiptToTheCallAgent) {
  const sip::Message invite = this->invite();
  const sip::Message message = sent("MESSAGE");
  EXPECT_EQ(message.request_uri(), kAgent);
  EXPECT_EQ(message.call_id(), invite.call_id());
  EXPECT_EQ(message.header("Content-Type"), "x-rc/agent");
  EXPECT_EQ(message.body(),
            "<Msg><Hdr SID=\"35464233129848\" Req=\"{EEB7D831}\" From=\"12025550115*115\" "
            "To=\"#996016@sip.example.com:5060\" Cmd=\"17\"/><Bdy Cln=\"802398804016\"/></Msg>");
}

TEST_F(InboundCall, SendsNoAgentMessageWithoutItsHeader) {
  sip::Message invite = new_invite();
  invite.remove("P-rc");
  deliver(invite);
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 180 INVITE\n");
  EXPECT_EQ(last().from_number, "+12025550166");
}

TEST_F(InboundCall, CannotAddHeadersThroughItsAgentsAddress) {
  sip::Message invite = new_invite();
  invite.set("P-rc",
             "<Msg><Hdr SID=\"1\" From=\"a SIP/2.0&#13;&#10;Evil: 1&#13;&#10;X: \" "
             "Cmd=\"6\"/></Msg>");
  deliver(invite);
  settle();
  EXPECT_EQ(last().state, CallState::kRinging);
  if (sent_count("MESSAGE") > 0) {
    EXPECT_FALSE(sent("MESSAGE").has("Evil"));
  }
}

TEST_F(InboundCall, RingsOnUntilASeatComesFree) {
  add_seat("a");
  const sip::Message first = invite();
  const sip::Message second = invite();
  ack(first);
  EXPECT_EQ(last_response().status(), 180);
  const std::string waiting = last().id;
  EXPECT_EQ(story(waiting), "ringing");
  request_of(first, "BYE");
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(last_response().call_id(), second.call_id());
  EXPECT_EQ(last().id, waiting);
  EXPECT_EQ(last().state, CallState::kAnswered);
}

TEST_F(InboundCall, IsAnsweredBySeatThatComesLater) {
  invite();
  EXPECT_EQ(last().state, CallState::kRinging);
  const auto seat = add_seat("a");
  EXPECT_EQ(seat->take(), "ringing\nanswered\n");
  EXPECT_EQ(media_.last().receiver(), seat->receiver.get());
}

TEST_F(InboundCall, TheOldestIsAnsweredFirst) {
  invite();
  const std::string oldest = last().id;
  for (int i = 0; i < 5; ++i) {
    clock_.advance(1s);
    invite();
  }
  add_seat("a");
  EXPECT_EQ(last().id, oldest);
  EXPECT_EQ(last().state, CallState::kAnswered);
}

TEST_F(InboundCallAnsweredLater, RingsSoLong) {
  add_seat("a");
  invite();
  clock_.advance(2999ms);
  EXPECT_EQ(last().state, CallState::kRinging);
  clock_.advance(1ms);
  EXPECT_EQ(last().state, CallState::kAnswered);
}

TEST_F(InboundCallAnsweredLater, IsNotAnsweredWhenTheCallerHasGoneUp) {
  add_seat("a");
  const sip::Message call = invite();
  cancel(call);
  clock_.advance(10s);
  EXPECT_EQ(story(last().id), "ringing ended");
  EXPECT_EQ(media_.take_log(), "");
}

// --- the application answers ---

TEST_F(InboundCallForTheApplication, IsAnsweredByItOnly) {
  const auto seat = add_seat("a");
  invite();
  const std::string id = last().id;
  EXPECT_EQ(last_response().status(), 180);
  EXPECT_EQ(seat->take(), "");
  EXPECT_EQ(answer(id), "");
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(seat->take(), "ringing\nanswered\n");
  EXPECT_EQ(media_.last().receiver(), seat->receiver.get());
}

TEST_F(InboundCallForTheApplication, IsAnsweredWithoutASeatToo) {
  invite();
  EXPECT_EQ(answer(last().id), "");
  EXPECT_EQ(last().state, CallState::kAnswered);
  EXPECT_FALSE(last().seated);
}

TEST_F(InboundCallForTheApplication, IsAnsweredOnce) {
  invite();
  const std::string id = last().id;
  EXPECT_EQ(answer(id), "");
  EXPECT_EQ(answer(id), "call " + id + " does not ring");
  EXPECT_EQ(media_.take_log(), "answer v=0 their offer\n");
  EXPECT_NE(answer("c-nobody").find("there is no call c-nobody"), std::string::npos);
}

TEST_F(InboundCall, TakenByTheApplicationIsLeftToIt) {
  take_calls_ = true;
  const auto seat = add_seat("a");
  invite();
  add_seat("b");
  clock_.advance(30s);
  EXPECT_EQ(last().state, CallState::kRinging);
  EXPECT_EQ(seat->take(), "");
  EXPECT_EQ(answer(last().id), "");
  EXPECT_EQ(seat->take(), "ringing\nanswered\n");
}

// --- how it ends ---

TEST_F(InboundCall, EndsWhenTheCallerGivesUp) {
  const sip::Message call = invite();
  conversation();
  cancel(call);
  EXPECT_EQ(conversation(), "<- CANCEL\n-> 200 CANCEL\n-> 487 INVITE\n");
  EXPECT_EQ(story(last().id), "ringing ended");
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
  EXPECT_EQ(last().status, 487);
}

TEST_F(InboundCall, EndsWhenTheCallerGivesUpWhileMediaIsMade) {
  media_.gathering = 1s;
  const auto seat = add_seat("a");
  const sip::Message call = invite();
  cancel(call);
  clock_.advance(5s);
  EXPECT_EQ(media_.take_log(), "answer v=0 their offer\nclose\n");
  EXPECT_EQ(seat->take(), "ringing\nended\n");
  EXPECT_EQ(last_response().status(), 487);
}

TEST_F(InboundCall, EndsWithTheirBye) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  request_of(call, "BYE");
  EXPECT_EQ(conversation(), "<- BYE\n-> 200 BYE\n");
  EXPECT_EQ(media_.take_log(), "close\n");
  EXPECT_EQ(story(last().id), "ringing answered connected ended");
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
  EXPECT_EQ(last().status, 0);
}

TEST_F(InboundCall, IsHungUpWhileItRings) {
  invite();
  conversation();
  EXPECT_EQ(hang_up(last().id), "");
  EXPECT_EQ(conversation(), "-> 480 INVITE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(InboundCall, IsHungUpWithByeOnceItIsAnswered) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  EXPECT_EQ(hang_up(last().id), "");
  EXPECT_EQ(conversation(), "-> BYE\n");
  EXPECT_EQ(media_.take_log(), "close\n");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
  EXPECT_EQ(line_.open_sessions(), 1u);
  reply(sent("BYE"), 200);
  EXPECT_EQ(line_.open_sessions(), 0u);
}

TEST_F(InboundCall, IsGivenUpWhenNobodyAnswers) {
  invite();
  clock_.advance(180s);
  EXPECT_EQ(last_response().status(), 480);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
}

TEST_F(TwoCallsRinging, OneMoreIsBusy) {
  const sip::Message first = invite();
  invite();
  const size_t told = told_.size();
  invite();
  EXPECT_EQ(last_response().status(), 486);
  EXPECT_EQ(told_.size(), told);
  cancel(first);
  invite();
  EXPECT_EQ(last_response().status(), 180);
}

// --- ended inside what it tells ---

TEST_F(InboundCall, MayBeHungUpByWhoHearsOfIt) {
  for (const CallState at : {CallState::kRinging, CallState::kAnswered, CallState::kConnected}) {
    add_seat("a");
    when_told_ = [&](const CallInfo& call) {
      if (call.state == at) line_.hang_up(call.id, [](const Result<void>&) {});
    };
    const sip::Message call = invite();
    if (at != CallState::kRinging) ack(call);
    if (at == CallState::kConnected) media_.last().connect();
    settle();
    EXPECT_EQ(last().state, CallState::kEnded) << to_string(at);
    EXPECT_TRUE(media_.alive.empty()) << to_string(at);
    line_.remove_seat("a");
  }
}

TEST_F(InboundCall, MayBeHungUpByWhoHearsThatItTookASeat) {
  invite();
  when_told_ = [&](const CallInfo& call) {
    if (call.seated) line_.hang_up(call.id, [](const Result<void>&) {});
  };
  const auto seat = add_seat("a");
  EXPECT_EQ(seat->take(), "ringing\nended\n");
  EXPECT_EQ(media_.take_log(), "");
}

}  // namespace
}  // namespace rc::call
