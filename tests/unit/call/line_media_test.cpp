// SPDX-License-Identifier: LGPL-2.1-or-later
// SDP between the SIP session and the media, and who is heard: seats and speakers.
#include "line_fixture.h"

namespace rc::call {
namespace {

class CallMedia : public LineTest {};

// --- SDP ---

TEST_F(CallMedia, OffersToAnInviteWithoutSdp) {
  add_seat("a");
  const sip::Message call = invite("");
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(last_response().body(), "v=0 our offer");
  ack(call, kAnswer);
  EXPECT_EQ(media_.take_log(), "offer\napply v=0 their answer\n");
  media_.last().connect();
  EXPECT_EQ(last().state, CallState::kConnected);
}

TEST_F(CallMedia, HangsUpWhenTheAckHasNoUsefulAnswer) {
  media_.apply_answer = Error{Errc::kRejected, "no audio"};
  add_seat("a");
  const sip::Message call = invite("");
  conversation();
  ack(call);
  EXPECT_EQ(conversation(), "<- ACK\n-> BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().reason, "no audio");
}

TEST_F(CallMedia, AnAckToAnAnswerOfOursIsNoAnswer) {
  add_seat("a");
  const sip::Message call = invite();
  media_.take_log();
  ack(call, "v=0 something");
  EXPECT_EQ(media_.take_log(), "");
}

TEST_F(CallMedia, AnswersAnOfferInAnUpdate) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  request_of(call, "UPDATE", "v=0 hold");
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(last_response().body(), "v=0 our answer");
  EXPECT_EQ(media_.take_log(), "answer v=0 hold\n");
  media_.answer = Error{Errc::kRejected, "no codec of ours"};
  request_of(call, "UPDATE", "v=0 video");
  EXPECT_EQ(last_response().status(), 488);
  EXPECT_EQ(last().state, CallState::kConnected);
}

TEST_F(CallMedia, RefusesAnOfferWithoutUsefulAudioAndTakesTheNext) {
  add_seat("a");
  media_.answer = Error{Errc::kRejected, "no codec of ours"};
  invite();
  EXPECT_EQ(last_response().status(), 488);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().status, 488);
  EXPECT_EQ(last().reason, "no codec of ours");
  media_.answer = std::string("v=0 our answer");
  invite();
  EXPECT_EQ(last_response().status(), 200);
  EXPECT_EQ(last().state, CallState::kAnswered);
}

TEST_F(CallMedia, SaysServerErrorWhenTheFaultIsOurs) {
  add_seat("a");
  media_.answer = Error{Errc::kInternal, "no ports"};
  invite();
  EXPECT_EQ(last_response().status(), 500);
}

TEST_F(CallMedia, ThatFailsEndsTheCall) {
  add_seat("a");
  connected_inbound();
  media_.last().fail({Errc::kNetwork, "the fingerprint is another"});
  settle();
  EXPECT_EQ(conversation(), "-> BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
  EXPECT_EQ(last().reason, "the fingerprint is another");
  EXPECT_TRUE(media_.alive.empty());
}

TEST_F(CallMedia, ThatStallsIsToldAndEndsNothing) {
  add_seat("a");
  connected_inbound();
  EXPECT_EQ(last().media, MediaFlow::kFlowing);
  media_.last().flow(MediaFlow::kStalled, 1200ms);
  EXPECT_EQ(last().media, MediaFlow::kStalled);
  EXPECT_EQ(last().media_gap, 1200ms);
  media_.last().flow(MediaFlow::kFlowing, 5s);
  EXPECT_EQ(last().media, MediaFlow::kFlowing);
  EXPECT_EQ(last().media_gap, 5s);
  EXPECT_EQ(last().state, CallState::kConnected);
  EXPECT_EQ(conversation(), "");
}

TEST_F(CallMedia, ThatFailsBeforeTheAnswerEndsTheCall) {
  media_.gathering = 1s;
  add_seat("a");
  invite();
  media_.last().fail({Errc::kInternal, "no element opusdec"});
  clock_.advance(5s);
  EXPECT_EQ(last_response().status(), 480);
  EXPECT_EQ(last().ended_by, EndedBy::kFailure);
}

TEST_F(CallMedia, AnswersAReInvite) {
  const sip::Message ours = connected_outbound();
  media_.answer = std::string("v=0 held");
  request_of(ours, "INVITE", "v=0 hold");
  EXPECT_EQ(conversation(), "<- INVITE\n-> 100 INVITE\n-> 200 INVITE\n");
  EXPECT_EQ(last_response().body(), "v=0 held");
  EXPECT_EQ(media_.take_log(), "answer v=0 hold\n");
  EXPECT_EQ(last().state, CallState::kConnected);
}

TEST_F(CallMedia, RefusesAReInviteAndTheCallGoesOn) {
  add_seat("a");
  const sip::Message call = connected_inbound();
  media_.answer = Error{Errc::kRejected, "video only"};
  request_of(call, "INVITE", "v=0 video");
  EXPECT_EQ(last_response().status(), 488);
  EXPECT_EQ(last().state, CallState::kConnected);
  EXPECT_EQ(media_.alive.size(), 1u);
}

TEST_F(CallMedia, OffersToAReInviteWithoutSdp) {
  const sip::Message ours = connected_outbound();
  request_of(ours, "INVITE");
  EXPECT_EQ(last_response().body(), "v=0 our offer again");
  sip::Message ack = sip::Message::request("ACK", sip::Uri{});
  ack.set_request_uri("sip:client@x.invalid;transport=ws");
  ack.add("Via", "SIP/2.0/WSS 198.51.100.73:8083;branch=z9hG4bKack");
  for (const auto* name : {"From", "To", "Call-ID"}) ack.add(name, *last_response().header(name));
  ack.set_cseq({last_response().cseq()->number, "ACK"});
  ack.set_body("application/sdp", kAnswer);
  deliver(ack);
  EXPECT_EQ(media_.take_log(), "reoffer\napply v=0 their answer\n");
}

TEST_F(CallMedia, GetsWhatTheLineKnows) {
  add_seat("a");
  invite();
  const MediaOptions& options = media_.last().options();
  EXPECT_EQ(options.call_id, last().id);
  EXPECT_EQ(options.stun_servers, std::vector<std::string>{"stun.example.com:19302"});
  EXPECT_EQ(options.local_address, "127.0.0.1");
}

// --- seats ---

TEST_F(CallMedia, ASeatThatGoesHangsUp) {
  const auto seat = add_seat("a");
  connected_inbound();
  line_.remove_seat("a");
  settle();
  EXPECT_EQ(conversation(), "-> BYE\n");
  EXPECT_EQ(last().ended_by, EndedBy::kUs);
  invite();
  EXPECT_EQ(last().state, CallState::kRinging);
}

TEST_F(CallMedia, ASeatThatGoesWhileItsCallIsAnsweredHangsUp) {
  media_.gathering = 1s;
  add_seat("a");
  invite();
  line_.remove_seat("a");
  clock_.advance(5s);
  EXPECT_EQ(last_response().status(), 480);
  EXPECT_EQ(last().state, CallState::kEnded);
}

TEST_F(CallMedia, AReceiverIsLetGoWithItsCall) {
  const auto seat = add_seat("a");
  const sip::Message call = connected_inbound();
  request_of(call, "BYE");
  line_.remove_seat("a");
  EXPECT_EQ(seat->receiver.use_count(), 1);
}

// --- speakers ---

TEST_F(CallMedia, ASpeakerIsHeardFromTheStartAndToldTheEnd) {
  add_seat("a", 2);
  const auto speaker = add_speaker("s", "a");
  sip::Message call = connected_inbound();
  EXPECT_EQ(media_.last().source(), speaker->source.get());
  request_of(call, "BYE");
  EXPECT_EQ(speaker->take(), "answered\nconnected\nended\n");
  call = connected_inbound();
  EXPECT_EQ(media_.last().source(), speaker->source.get());
  request_of(call, "BYE");
  EXPECT_EQ(speaker->take(), "answered\nconnected\nended\nfinished\n");
}

TEST_F(CallMedia, ASpeakerMayComeAndGoInMidCall) {
  connected_outbound();
  const auto speaker = add_speaker("s", {}, last().id);
  EXPECT_EQ(media_.last().source(), speaker->source.get());
  line_.remove_speaker("s");
  EXPECT_EQ(media_.last().source(), nullptr);
  EXPECT_EQ(speaker->source.use_count(), 1);
}

TEST_F(CallMedia, ASecondSpeakerDoesNotTakeACallFromTheFirst) {
  connected_outbound();
  const auto first = add_speaker("first");
  const auto second = add_speaker("second");
  EXPECT_EQ(media_.last().source(), first->source.get());
  connected_outbound();
  EXPECT_EQ(media_.last().source(), second->source.get());
}

TEST_F(CallMedia, ASpeakerOfAnotherSeatIsNotHeard) {
  add_seat("a");
  add_speaker("s", "b");
  connected_inbound();
  EXPECT_EQ(media_.last().source(), nullptr);
}

}  // namespace
}  // namespace rc::call
