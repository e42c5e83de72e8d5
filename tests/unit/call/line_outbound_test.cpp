// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls that we make.
#include "line_fixture.h"

namespace rc::call {
namespace {

class OutboundCall : public LineTest {};

class OneCallAtATime : public LineTest {
 protected:
  OneCallAtATime() : LineTest([](LineOptions& o) { o.max_calls = 1; }) {}
};

class OutboundCallWithCallerId : public LineTest {
 protected:
  OutboundCallWithCallerId() : LineTest([](LineOptions& o) { o.caller_id = "12025550199"; }) {}
};

const sip::ExtraHeaders kIds = {{"p-rc-api-ids", "party-id=p-a0d7bc-1;session-id=s-a0d7bc"}};

TEST_F(OutboundCall, GoesOutWithOurOfferAndConnects) {
  EXPECT_EQ(dial("+1 (202) 555-0100"), "");
  EXPECT_EQ(sent("INVITE").request_uri(), "sip:12025550100@sip.example.com");
  EXPECT_EQ(sent("INVITE").body(), "v=0 our offer");
  EXPECT_FALSE(sent("INVITE").has("P-Asserted-Identity"));
  EXPECT_EQ(last().to_number, "+1 (202) 555-0100");
  EXPECT_EQ(last().state, CallState::kDialing);
  reply(sent("INVITE"), 183, {}, kIds);
  EXPECT_EQ(last().state, CallState::kDialing);
  EXPECT_EQ(last().session_id, "s-a0d7bc");
  EXPECT_EQ(last().party_id, "p-a0d7bc-1");
  reply(sent("INVITE"), 200, kAnswer);
  EXPECT_EQ(last().state, CallState::kAnswered);
  media_.last().connect();
  EXPECT_EQ(story(last().id), "dialing dialing answered connected");
  EXPECT_EQ(media_.take_log(), "offer\napply v=0 their answer\n");
  EXPECT_EQ(conversation(), "-> INVITE\n<- 183 INVITE\n<- 200 INVITE\n-> ACK\n");
}

TEST_F(OutboundCall, GivesItsCredentialsWhenAsked) {
  dial("102");
  const sip::ExtraHeaders challenge = {
      {"Proxy-Authenticate", "Digest realm=\"sip.example.com\", nonce=\"n1\""}};
  reply(sent("INVITE"), 407, {}, challenge);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 407 INVITE\n-> ACK\n-> INVITE\n");
  EXPECT_TRUE(sent("INVITE").has("Proxy-Authorization"));
  EXPECT_EQ(story(last().id), "dialing");
  EXPECT_EQ(media_.take_log(), "offer\n");
}

TEST_F(OutboundCallWithCallerId, ShowsIt) {
  dial("102");
  EXPECT_EQ(sent("INVITE").header("P-Asserted-Identity"), "sip:12025550199@sip.example.com");
}

TEST_F(OutboundCall, EndsWhenTheyAreBusy) {
  dial("102");
  reply(sent("INVITE"), 486);
  EXPECT_EQ(story(last().id), "dialing ended");
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
  EXPECT_EQ(last().status, 486);
  EXPECT_NE(last().reason.find("emergency address"), std::string::npos);
  EXPECT_EQ(media_.take_log(), "offer\nclose\n");
}

TEST_F(OutboundCall, IsCancelledWhenHungUpWhileItRings) {
  dial("102");
  reply(sent("INVITE"), 183);
  conversation();
  hang_up(last().id);
  EXPECT_EQ(conversation(), "-> CANCEL\n");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
  reply(sent("CANCEL"), 200);
  reply(sent("INVITE"), 487);
  EXPECT_EQ(line_.open_sessions(), 0u);
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(OutboundCall, SendsNothingWhenHungUpWhileMediaIsMade) {
  media_.gathering = 1s;
  dial("102");
  hang_up(last().id);
  clock_.advance(5s);
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(OutboundCall, IsHungUpWithByeOnceItIsAnswered) {
  connected_outbound();
  hang_up(last().id);
  EXPECT_EQ(conversation(), "-> BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
}

TEST_F(OutboundCall, EndsWithTheirBye) {
  const sip::Message call = connected_outbound();
  request_of(call, "BYE");
  EXPECT_EQ(conversation(), "<- BYE\n-> 200 BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kThem);
  EXPECT_EQ(last().status, 0);
}

TEST_F(OutboundCall, FailsWhenMediaHasNoOffer) {
  media_.offer = Error{Errc::kInternal, "no ports"};
  EXPECT_EQ(dial("102"), "");
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().reason, "no ports");
}

TEST_F(OutboundCall, FailsWhenTheirAnswerIsOfNoUse) {
  media_.apply_answer = Error{Errc::kRejected, "no codec of ours"};
  dial("102");
  reply(sent("INVITE"), 200, kAnswer);
  EXPECT_EQ(conversation(), "-> INVITE\n<- 200 INVITE\n-> ACK\n-> BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().reason, "no codec of ours");
}

TEST_F(OutboundCall, FailsWhenTheSocketDies) {
  dial("102");
  transport_->lose({Errc::kNetwork, "connection reset"});
  settle();
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().status, 503);
}

// --- refused before anything is sent ---

TEST_F(OutboundCall, IsRefusedWhileNotRegistered) {
  line_.set_ready(false);
  EXPECT_EQ(dial("102"), "cannot dial: the line is not registered yet, try again");
  EXPECT_EQ(conversation(), "");
  EXPECT_TRUE(told_.empty());
}

TEST_F(OutboundCall, IsRefusedToWhatIsNoNumberOrAnEmergency) {
  EXPECT_NE(dial("alice").find("cannot dial \"alice\""), std::string::npos);
  EXPECT_NE(dial("911").find("allow-emergency"), std::string::npos);
  EXPECT_EQ(conversation(), "");
  EXPECT_TRUE(told_.empty());
}

TEST_F(OneCallAtATime, OneMoreIsRefused) {
  dial("102");
  EXPECT_EQ(dial("103"), "cannot dial: there are max-calls calls already");
  EXPECT_EQ(sent_count("INVITE"), 1);
  invite();
  EXPECT_EQ(last_response().status(), 486);
  hang_up(last().id);
  EXPECT_EQ(dial("103"), "");
}

// --- for a seat ---

TEST_F(OutboundCall, OfASeatGoesOutOnceRegistered) {
  line_.set_ready(false);
  const auto seat = add_seat("a", 1, "102");
  EXPECT_EQ(conversation(), "");
  line_.set_ready(true);
  settle();
  line_.set_ready(true);
  settle();
  EXPECT_EQ(sent_count("INVITE"), 1);
  EXPECT_EQ(seat->take(), "dialing\n");
  EXPECT_EQ(media_.last().receiver(), seat->receiver.get());
  EXPECT_EQ(media_.last().options().receive_rate, 24000);
}

TEST_F(OutboundCall, OfASeatThatCannotBeIsRefused) {
  const auto emergency = add_seat("a", 1, "911");
  EXPECT_TRUE(emergency->take().starts_with("refused refused to dial the emergency number 911"));
  line_.set_ready(false);
  const auto waits = add_seat("b", 1, "102");
  line_.refuse_dials({Errc::kAuth, "wrong password"});
  EXPECT_EQ(waits->take(), "refused wrong password\n");
}

TEST_F(OutboundCall, MayBeHungUpByWhoHearsOfIt) {
  for (const CallState at : {CallState::kDialing, CallState::kAnswered, CallState::kConnected}) {
    when_told_ = [&](const CallInfo& call) {
      if (call.state == at) line_.hang_up(call.id, [](const Result<void>&) {});
    };
    EXPECT_EQ(dial("102"), "");
    if (at != CallState::kDialing) reply(sent("INVITE"), 200, kAnswer);
    if (at == CallState::kConnected) media_.last().connect();
    settle();
    EXPECT_EQ(last().state, CallState::kEnded) << to_string(at);
    EXPECT_TRUE(media_.alive.empty()) << to_string(at);
  }
  EXPECT_EQ(sent_count("INVITE"), 2);
}

}  // namespace
}  // namespace rc::call
