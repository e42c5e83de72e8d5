// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the SIP of a call can be told to do that is allowed but unusual (sip_spec.h).
#include <cstring>
#include <set>

#include "calls_fixture.h"
#include "json_text.h"

namespace standin {
namespace {

class KnobsTest : public AnchorTest {
 protected:
  // The INVITE of a call to alice.
  SipMessage called(const std::string& sip) {
    id = server.place_call("{\"to\":\"101\",\"sip\":{" + sip + "}}");
    return alice.expect("INVITE ");
  }
  // A number that answers with an SDP of no use: no media is needed.
  void set_number(const std::string& sip, const std::string& behaviour = "bad_sdp") {
    const auto reply = server.control(
        "POST", "/numbers",
        "{\"number\":\"12025550100\",\"behaviour\":\"" + behaviour + "\",\"sip\":{" + sip + "}}");
    ASSERT_EQ(reply.status, 200U) << reply.body;
  }
  SipMessage dial(const std::vector<SipHeader>& headers = {}, const std::string& sdp = kSdp) {
    const auto invite = alice.invite_authorised("12025550100", sdp, headers);
    id = server.wait_call(0, seconds(2));
    return invite;
  }
  bool happened(const std::string& event) { return server.wait_call_event(id, event, seconds(3)); }
  Server::Reply act(const std::string& action, const std::string& body = "{}") {
    return server.control("POST", "/calls/" + id + "/" + action, body);
  }
  // With media: what offers and answers need to be anything but refused.
  void answer(const SipMessage& invite) {
    if (media == nullptr) make_media({});
    const auto sdp = wait_sdp([&](auto done) { media->create_answer(invite.body, done); });
    alice.respond(invite, 200, sdp);
    ASSERT_EQ(alice.expect("ACK ").method, "ACK");
    ASSERT_TRUE(happened("media_connected"));  // only now is the answer in force
  }
  std::string id;
};

// --- how messages look

TEST_F(KnobsTest, InviteHasTheHeadersThatWereAsked) {
  const auto invite = called(
      "\"headers\":{\"Via\":[\"SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKone\","
      "\"SIP/2.0/TCP 10.0.0.2;branch=z9hG4bKtwo\"],"
      "\"Record-Route\":[\"<sip:a.invalid;lr>, <sip:b.invalid;lr>\",\"<sip:c.invalid>\"],"
      "\"Alert-Info\":\"Auto Answer\"}");
  ASSERT_EQ(invite.list("Via").size(), 3U);
  EXPECT_EQ(invite.list("Via")[2], "SIP/2.0/TCP 10.0.0.2;branch=z9hG4bKtwo");
  const std::vector<std::string> routes{"<sip:a.invalid;lr>", "<sip:b.invalid;lr>",
                                        "<sip:c.invalid>"};
  EXPECT_EQ(invite.list("Record-Route"), routes);
  EXPECT_EQ(invite.get("Alert-Info"), "Auto Answer");
}

class KnobsForm : public KnobsTest,
                  public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(KnobsForm, EveryMessageOfTheCallHasIt) {
  const auto& [form, sign] = GetParam();
  const auto invite = called(std::string("\"form\":\"") + form + "\"");
  alice.respond(invite, 200, kSdp);
  EXPECT_EQ(alice.expect("ACK ").get("Call-Id"), invite.get("Call-Id"));
  server.hang_up(id);
  EXPECT_EQ(alice.expect("BYE ").get("Call-Id"), invite.get("Call-Id"));
  int seen = 0;
  for (const auto& entry : server.log()) {
    const bool ours =
        !entry.received && entry.text.find(invite.get("Call-Id")) != std::string::npos;
    seen += ours && entry.text.find(sign) != std::string::npos ? 1 : 0;
  }
  EXPECT_EQ(seen, 3);
}

INSTANTIATE_TEST_SUITE_P(Forms, KnobsForm,
                         testing::Values(std::pair{"compact", "\r\ni: "},
                                         std::pair{"lower", "\r\ncall-id: "},
                                         std::pair{"folded", "\r\n ;tag="}));

TEST_F(KnobsTest, NameIsPutInByteForByte) {
  const auto invite = called("\"raw_name\":\"4de56c65fc225c\"");
  EXPECT_NE(invite.get("From").find("\"M\xe5le\xfc\"\\\" <sip:"), std::string_view::npos);
  EXPECT_NE(invite.get("P-rc").find("Nm=\"M\xe5le\xfc&quot;\\\""), std::string_view::npos);
  EXPECT_TRUE(Json::parse(server.control("GET", "/log").body));
}

// --- we call

TEST_F(KnobsTest, ReliableRingingGetsItsPrackOnce) {
  const auto invite = called("\"headers\":{\"Require\":\"100rel\"}");
  EXPECT_EQ(invite.get("Require"), "100rel");
  const std::vector<SipHeader> reliable{{"Require", "100rel"}, {"RSeq", "17"}};
  alice.respond(invite, 180, "", reliable);
  alice.respond(invite, 180, "", reliable);
  const auto prack = alice.expect("PRACK ");
  EXPECT_EQ(prack.get("RAck"), "17 " + std::string(invite.get("CSeq")));
  alice.respond(prack, 200);
  EXPECT_TRUE(happened("prack_answered"));
  EXPECT_EQ(alice.expect("PRACK ", milliseconds(0)).method, "");
}

TEST_F(KnobsTest, IntervalThatIsTooSmallIsRaisedInANewInvite) {
  const auto invite =
      called("\"headers\":{\"Supported\":\"timer\",\"Session-Expires\":\"90\",\"Min-SE\":\"90\"}");
  alice.respond(invite, 422, "", {{"Min-SE", "1800"}});
  EXPECT_EQ(branch_of(alice.expect("ACK ")), branch_of(invite));
  const auto again = alice.expect("INVITE ");
  EXPECT_EQ(again.get("Call-Id"), invite.get("Call-Id"));
  EXPECT_EQ(again.get("Session-Expires"), "1800");
  EXPECT_EQ(again.get("Min-SE"), "1800");
  EXPECT_NE(branch_of(again), branch_of(invite));
  EXPECT_GT(cseq_of(again)->number, cseq_of(invite)->number);
}

TEST_F(KnobsTest, CancelCrossesTheAnswer) {
  const auto invite = called("\"cancel_on_answer\":true");
  alice.respond(invite, 180);
  alice.respond(invite, 200, kSdp);
  EXPECT_EQ(branch_of(alice.expect("CANCEL ")), branch_of(invite));
  EXPECT_EQ(alice.expect("ACK ").method, "ACK");
  EXPECT_EQ(alice.expect("BYE ").method, "BYE");
}

TEST_F(KnobsTest, InviteIsRepeatedAsItWasOrByAnotherWay) {
  const auto invite = called("");
  alice.respond(invite, 180);
  EXPECT_EQ(act("repeat_invite").status, 200U);
  EXPECT_EQ(alice.expect("INVITE ").to_text(), invite.to_text());
  EXPECT_EQ(act("repeat_invite", "{\"another_way\":true}").status, 200U);
  const auto merged = alice.expect("INVITE ");
  EXPECT_NE(branch_of(merged), branch_of(invite));
  alice.respond(merged, 482);
  EXPECT_EQ(branch_of(alice.expect("ACK ")), branch_of(merged));
  alice.respond(invite, 200, kSdp);
  EXPECT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
}

TEST_F(KnobsTest, ByeOfOursIsLostWhenTold) {
  alice.respond(called(""), 200, kSdp);
  ASSERT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  EXPECT_EQ(server.control("DELETE", "/calls/" + id).status, 200U);
  alice.expect("BYE ");
  alice.respond(called(""), 200, kSdp);
  ASSERT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  server.abandon(id);
  EXPECT_TRUE(server.wait_call_state(id, "finished", seconds(2)));
  EXPECT_EQ(alice.expect("BYE ", milliseconds(0)).method, "");
}

// --- the client calls

TEST_F(KnobsTest, RingingIsReliableWhenTheClientSupportsIt) {
  set_number("\"reliable\":true");
  const auto invite = dial({{"Supported", "100rel"}});
  const auto ringing = alice.expect("SIP/2.0 183");
  EXPECT_EQ(ringing.get("Require"), "100rel");
  // No 200 before the PRACK, and the 183 again.
  EXPECT_EQ(alice.expect("SIP/2.0 183").get("RSeq"), ringing.get("RSeq"));
  EXPECT_EQ(alice.expect("SIP/2.0 200", milliseconds(0)).status, 0);
  auto prack = alice.in_dialog("PRACK", invite, ringing);
  alice.send(prack.add("RAck", "1 1 INVITE"));
  EXPECT_EQ(alice.expect("SIP/2.0 481").get("CSeq"), prack.get("CSeq"));
  prack = alice.in_dialog("PRACK", invite, ringing);
  alice.send(
      prack.add("RAck", std::string(ringing.get("RSeq")) + " " + std::string(invite.get("CSeq"))));
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("CSeq"), prack.get("CSeq"));
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("CSeq"), invite.get("CSeq"));
}

TEST_F(KnobsTest, RingingIsNotReliableWithoutSupport) {
  set_number("\"reliable\":true");
  dial();
  EXPECT_EQ(alice.expect("SIP/2.0 183").count("RSeq"), 0U);
  EXPECT_EQ(alice.expect("SIP/2.0 200").status, 200);
}

TEST_F(KnobsTest, ShortSessionIntervalGets422) {
  set_number("\"min_se\":1800");
  dial({{"Supported", "timer"}, {"Session-Expires", "90"}});
  EXPECT_EQ(alice.expect("SIP/2.0 422").get("Min-SE"), "1800");
  dial({{"Supported", "timer"}, {"Session-Expires", "1800"}});
  EXPECT_EQ(alice.expect("SIP/2.0 200").status, 200);
}

TEST_F(KnobsTest, AnswerHasHeadersThatRingingHasNot) {
  set_number(
      "\"headers\":{\"Record-Route\":\"<sip:p.invalid;lr>\"},"
      "\"ok_headers\":{\"Require\":\"timer\",\"Session-Expires\":\"90;refresher=uac\"}");
  const auto invite = dial();
  const auto ringing = alice.expect("SIP/2.0 183");
  EXPECT_EQ(ringing.get("Record-Route"), "<sip:p.invalid;lr>");
  EXPECT_EQ(ringing.count("Session-Expires"), 0U);
  const auto ok = alice.expect("SIP/2.0 200");
  EXPECT_EQ(ok.get("Session-Expires"), "90;refresher=uac");
  auto update = alice.in_dialog("UPDATE", invite, ok);
  alice.send(update.add("Session-Expires", "90;refresher=uac"));
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("Session-Expires"), "90;refresher=uac");
}

TEST_F(KnobsTest, ForkedCallHasSeveralDialogs) {
  set_number("\"forks\":2,\"forks_answered\":1");
  const auto invite = dial();
  const auto ok = [&] {
    std::set<std::string> tags{tag_of(alice.expect("SIP/2.0 183").get("To"))};
    for (int i = 0; i < 2; ++i) tags.insert(tag_of(alice.expect("SIP/2.0 180").get("To")));
    EXPECT_EQ(tags.size(), 3U);
    return alice.expect("SIP/2.0 200");
  }();
  const auto other = alice.expect("SIP/2.0 200");
  EXPECT_NE(tag_of(ok.get("To")), tag_of(other.get("To")));
  for (const auto& each : {ok, other}) alice.send(alice.ack(invite, each));
  alice.send(alice.in_dialog("BYE", invite, other));
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("To"), other.get("To"));
  EXPECT_TRUE(happened("fork_ack"));
  EXPECT_TRUE(happened("fork_bye"));
  EXPECT_NE(server.call_json(id).find("\"state\":\"answered\""), std::string::npos);
}

TEST_F(KnobsTest, RedirectionNamesItsContact) {
  server.control("POST", "/numbers",
                 "{\"number\":\"12025550100\",\"behaviour\":\"status\",\"status\":302,"
                 "\"sip\":{\"headers\":{\"Contact\":\"<sip:19005550100@sip.ringcentral.com>\"}}}");
  dial();
  EXPECT_EQ(alice.expect("SIP/2.0 302").get("Contact"), "<sip:19005550100@sip.ringcentral.com>");
  EXPECT_EQ(
      server
          .control("POST", "/numbers", "{\"number\":\"1\",\"behaviour\":\"status\",\"status\":200}")
          .status,
      400U);
}

TEST_F(KnobsTest, AnswerCrossesTheCancel) {
  set_number("\"answer_on_cancel\":true", "ring");
  make_media({});
  const auto invite = dial({}, wait_sdp([&](auto done) { media->create_offer(done); }));
  alice.expect("SIP/2.0 183");
  ASSERT_TRUE(happened("ready"));
  alice.send(alice.cancel(invite));
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("CSeq"), invite.get("CSeq"));
  EXPECT_EQ(cseq_of(alice.expect("SIP/2.0 200"))->method, "CANCEL");
  EXPECT_EQ(alice.expect("SIP/2.0 487", milliseconds(0)).status, 0);
}

TEST_F(KnobsTest, ByeOfTheClientIsLostWhenTold) {
  set_number("");
  const auto invite = dial();
  const auto ok = alice.expect("SIP/2.0 200");
  alice.send(alice.ack(invite, ok));
  server.set_fault("lose_bye", 1);
  alice.send(alice.in_dialog("BYE", invite, ok));
  EXPECT_TRUE(happened("bye_lost"));
  const auto again = alice.in_dialog("BYE", invite, ok);
  alice.send(again);
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("CSeq"), again.get("CSeq"));
}

// --- within the call

TEST_F(KnobsTest, RequestWithinTheCallGivesItsAnswer) {
  alice.respond(called(""), 200, kSdp);
  ASSERT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  const auto sent = act("request",
                        "{\"method\":\"INFO\",\"headers\":{\"Content-Type\":\"text/plain\","
                        "\"Call-Id\":\"another\"},\"body\":\"hello\"}");
  const auto cseq = Json::parse(sent.body)->number("cseq");
  const auto info = alice.expect("INFO ");
  EXPECT_EQ(info.get("Call-Id"), "another");
  EXPECT_EQ(info.body, "hello");
  const std::string waiting = "/calls/" + id + "/request?cseq=" + std::to_string(cseq);
  EXPECT_NE(http("GET", waiting + "&timeout_ms=0").second.find("\"status\":0"), std::string::npos);
}

TEST_F(KnobsTest, RequestWithAWrongNumberIsAnsweredLikeAnyOther) {
  alice.respond(called(""), 200, kSdp);
  ASSERT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  act("request", "{\"method\":\"BYE\",\"headers\":{\"CSeq\":\"7 BYE\"}}");
  alice.respond(alice.expect("BYE "), 500);
  const auto answer = http("GET", "/calls/" + id + "/request?cseq=7&timeout_ms=3000").second;
  EXPECT_NE(answer.find("\"status\":500"), std::string::npos) << answer;
  EXPECT_NE(server.call_json(id).find("\"state\":\"answered\""), std::string::npos);
}

TEST_F(KnobsTest, OffersOfAllKindsReachTheClient) {
  answer(called(""));
  const std::pair<const char*, const char*> kKinds[] = {
      {"{\"kind\":\"hold_inactive\"}", "a=inactive"},
      {"{\"kind\":\"hold_zero\"}", "c=IN IP4 0.0.0.0\r\n"},
      {"{\"kind\":\"same\",\"update\":true}", "a=sendrecv"},
      {"{\"kind\":\"late\"}", ""}};
  for (const auto& [how, sign] : kKinds) {
    ASSERT_EQ(act("reinvite", how).status, 200U) << how;
    const auto offer = alice.expect(strstr(how, "update") != nullptr ? "UPDATE " : "INVITE ");
    EXPECT_NE(offer.body.find(sign), std::string::npos) << how;
    alice.respond(offer, 488);
    const bool invite = offer.method == "INVITE";
    EXPECT_EQ(alice.expect(invite ? "ACK " : "UPDATE", milliseconds(invite ? 3000 : 0)).method,
              invite ? "ACK" : "");
  }
  EXPECT_TRUE(happened("update_488"));
}

TEST_F(KnobsTest, CodecChangesWithinTheCall) {
  answer(called(""));
  ASSERT_TRUE(hears_packets());
  ASSERT_EQ(act("reinvite", "{\"kind\":\"codec\",\"codec\":\"pcmu\"}").status, 200U);
  const auto offer = alice.expect("INVITE ");
  EXPECT_EQ(offer.body.find("OPUS"), std::string::npos);
  EXPECT_NE(offer.body.find("pcmu"), std::string::npos);
  answer(offer);
  EXPECT_TRUE(hears_packets(media->stats().packets_received + 50));
  EXPECT_EQ(act("reinvite", "{\"kind\":\"codec\",\"codec\":\"speex\"}").status, 409U);
}

TEST_F(KnobsTest, LateOfferOfTheClientIsAnsweredInTheAck) {
  answer(called(""));
  ASSERT_EQ(act("reinvite", "{\"kind\":\"late\"}").status, 200U);
  const auto invite = alice.expect("INVITE ");
  EXPECT_EQ(invite.body, "");
  alice.respond(invite, 200, wait_sdp([&](auto done) { media->create_offer(done); }));
  EXPECT_NE(alice.expect("ACK ").body.find("m=audio"), std::string::npos);
}

}  // namespace
}  // namespace standin
