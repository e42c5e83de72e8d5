// SPDX-License-Identifier: LGPL-2.1-or-later
#include "calls_fixture.h"
#include "json_text.h"

namespace standin {
namespace {

TEST_F(CallsTest, PassesSdpBetweenTwoClientsWithoutStreamIds) {
  const auto invite = alice.invite_authorised("102", kSdp);
  EXPECT_EQ(alice.expect("SIP/2.0 183").status, 183);
  const auto ringing = bert.expect("INVITE ");
  EXPECT_NE(ringing.get("Call-Id"), invite.get("Call-Id"));
  EXPECT_GE(cseq_of(ringing)->number, 218000000U);
  EXPECT_EQ(ringing.body.find("a=msid"), std::string::npos);
  EXPECT_EQ(ringing.body.find("a=ssrc"), std::string::npos);
  bert.respond(ringing, 180);
  bert.respond(ringing, 200, kSdp);
  EXPECT_EQ(bert.expect("ACK ").method, "ACK");
  const auto ok = alice.expect("SIP/2.0 200");
  EXPECT_NE(ok.body.find("m=audio"), std::string::npos);
  alice.send(alice.ack(invite, ok));
  EXPECT_EQ(bert.expect("MESSAGE ").get("Content-Type"), "x-rc/agent");
  alice.send(alice.in_dialog("BYE", invite, ok));
  EXPECT_EQ(alice.expect("SIP/2.0 200").status, 200);
  EXPECT_EQ(bert.expect("BYE ").get("Call-Id"), ringing.get("Call-Id"));
}

TEST_F(CallsTest, CancelOfTheCallerReachesTheCallee) {
  const auto invite = alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  bert.respond(ringing, 180);
  alice.send(alice.cancel(invite));
  EXPECT_EQ(alice.expect("SIP/2.0 487").status, 487);
  const auto received = bert.expect("CANCEL ");
  EXPECT_EQ(branch_of(received), branch_of(ringing));
  EXPECT_EQ(tag_of(received.get("To")), "");
}

TEST_F(CallsTest, DeclineMessageEndsTheCall) {
  alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  bert.respond(ringing, 180);
  auto message = bert.request("MESSAGE", "sip:#996016@sip.ringcentral.com:5060");
  message.add("Content-Type", "x-rc/agent");
  message.body = "<Msg><Hdr SID=\"" + xml_attribute(ringing.get("P-rc"), "Hdr", "SID") +
                 "\" Cmd=\"12\"/><Bdy Cln=\"802398804102\"/></Msg>";
  bert.send(message);
  EXPECT_EQ(bert.expect("CANCEL ").method, "CANCEL");
  EXPECT_EQ(alice.expect("SIP/2.0 603").status, 603);
}

TEST_F(CallsTest, NumbersBehaveAsTold) {
  const std::pair<const char*, int> kBehaviours[] = {
      {"busy", 486}, {"reject", 603}, {"not_found", 404}, {"error", 500}};
  for (const auto& [behaviour, status] : kBehaviours) {
    server.control("POST", "/numbers",
                   std::string("{\"number\":\"12025550100\",\"behaviour\":\"") + behaviour + "\"}");
    alice.invite_authorised("12025550100", kSdp);
    EXPECT_EQ(alice.expect("SIP/2.0 183").status, 183);
    EXPECT_EQ(alice.expect("SIP/2.0 " + std::to_string(status)).status, status);
  }
  alice.invite_authorised("78654", kSdp);
  EXPECT_EQ(alice.expect("SIP/2.0 486").status, 486);
}

TEST_F(CallsTest, KeepsSilentToByeWhenTold) {
  const auto invite = alice.invite_authorised("102", kSdp);
  bert.respond(bert.expect("INVITE "), 200, kSdp);
  const auto ok = alice.expect("SIP/2.0 200");
  alice.send(alice.ack(invite, ok));
  server.set_fault("no_bye_answer", 1);
  alice.send(alice.in_dialog("BYE", invite, ok));
  EXPECT_EQ(bert.expect("BYE ").method, "BYE");
  alice.send(alice.request("OPTIONS", "sip:sip.ringcentral.com"));
  // Answered in order; OPTIONS with the Call-ID of a dialog but without its tag is 481.
  EXPECT_EQ(alice.expect("SIP/2.0 481").status, 481);
  EXPECT_EQ(alice.expect("SIP/2.0 200", milliseconds(0)).status, 0);
}

TEST_F(CallsTest, ForwardToAnotherExtensionRingsThere) {
  TestPhone cleo(server, {"103", "test-phone", "urn:uuid:c"});
  ASSERT_TRUE(cleo.connect());
  ASSERT_EQ(cleo.register_line().status, 200);
  alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  bert.respond(ringing, 180);
  auto message = bert.request("MESSAGE", "sip:#996016@sip.ringcentral.com:5060");
  message.body = "<Msg><Hdr SID=\"" + xml_attribute(ringing.get("P-rc"), "Hdr", "SID") +
                 "\" Cmd=\"10\"/><Bdy Cln=\"802398804102\" FwdDly=\"0\" "
                 "Phn=\"12025550100*103\" PhnTp=\"3\"/></Msg>";
  bert.send(message);
  EXPECT_EQ(bert.expect("CANCEL ").method, "CANCEL");
  cleo.respond(cleo.expect("INVITE "), 200, kSdp);
  EXPECT_NE(alice.expect("SIP/2.0 200").body, "");
}

TEST_F(CallsTest, InfoCommandIsAnsweredWithItsResult) {
  const auto invite = alice.invite_authorised("102", kSdp);
  bert.respond(bert.expect("INVITE "), 200, kSdp);
  const auto ok = alice.expect("SIP/2.0 200");
  alice.send(alice.ack(invite, ok));
  auto info = alice.in_dialog("INFO", invite, ok);
  info.add("Content-Type", "application/json;charset=utf-8");
  info.body = "{\"request\":{\"reqid\":1,\"command\":\"startcallrecord\"}}";
  alice.send(info);
  EXPECT_EQ(alice.expect("INFO ").body,
            "{\"response\":{\"reqid\":1,\"command\":\"startcallrecord\",\"result\":{\"code\":0,"
            "\"description\":\"Succeeded\"}}}");
}

TEST_F(AnchorTest, ScriptedCallerSpeaksToAPhoneAndHangsUp) {
  const std::string id = server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  alice.respond(invite, 180);
  make_media({});
  const auto answer = wait_sdp([&](auto done) { media->create_answer(invite.body, done); });
  alice.respond(invite, 200, answer);
  EXPECT_EQ(alice.expect("ACK ").method, "ACK");
  EXPECT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  EXPECT_TRUE(hears_packets());
  server.hang_up(id);
  alice.respond(alice.expect("BYE "), 200);
  EXPECT_TRUE(server.wait_call_state(id, "ended", seconds(2)));
}

TEST_F(AnchorTest, LateOfferIsAnsweredInTheAck) {
  server.place_call(
      "{\"to\":\"101\",\"media\":{\"late_offer\":true,\"play\":{\"type\":\"tones\","
      "\"tones\":[[440,500]],\"repeat\":true}}}");
  const auto invite = alice.expect("INVITE ");
  EXPECT_EQ(invite.body, "");
  make_media({});
  alice.respond(invite, 200, wait_sdp([&](auto done) { media->create_offer(done); }));
  const auto ack = alice.expect("ACK ");
  ASSERT_NE(ack.body, "");
  wait_sdp([&](auto done) { media->apply_answer(ack.body, done); });
  EXPECT_TRUE(hears_packets());
}

TEST_F(AnchorTest, ScriptedCalleeAnswersAtOnceAndHoldIsAnswered) {
  server.control("POST", "/numbers",
                 "{\"number\":\"+12025550177\",\"media\":{\"play\":{\"type\":\"tones\","
                 "\"tones\":[[440,500]],\"repeat\":true}}}");
  make_media({});
  const auto offer = wait_sdp([&](auto done) { media->create_offer(done); });
  const auto invite = alice.invite_authorised("12025550177", offer);
  const auto ok = alice.expect("SIP/2.0 200");
  alice.send(alice.ack(invite, ok));
  wait_sdp([&](auto done) { media->apply_answer(ok.body, done); });
  EXPECT_TRUE(hears_packets());
  auto hold = alice.in_dialog("INVITE", invite, ok);
  hold.add("Contact", invite.get("Contact")).add("Content-Type", "application/sdp");
  hold.body = wait_sdp([&](auto done) { media->create_offer(done, Direction::kSendOnly); });
  alice.send(hold);
  const auto held = alice.expect("SIP/2.0 200");
  EXPECT_NE(held.body.find("a=recvonly"), std::string::npos);
  alice.send(alice.ack(hold, held));
}

TEST_F(AnchorTest, ServerHoldsResumesAndMovesItsMedia) {
  const std::string id = server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  make_media({});
  alice.respond(invite, 200, wait_sdp([&](auto done) { media->create_answer(invite.body, done); }));
  alice.expect("ACK ");
  ASSERT_TRUE(hears_packets());
  const std::pair<const char*, const char*> kKinds[] = {{"hold", "a=sendonly"},
                                                        {"resume", "a=sendrecv"},
                                                        {"same", "a=sendrecv"},
                                                        {"new_ice", "a=sendrecv"}};
  for (const auto& [kind, direction] : kKinds) {
    const auto reply = server.control("POST", "/calls/" + id + "/reinvite",
                                      std::string("{\"kind\":\"") + kind + "\"}");
    EXPECT_EQ(reply.status, 200U) << kind << reply.body;
    const auto offer = alice.expect("INVITE ");
    EXPECT_NE(offer.body.find(direction), std::string::npos) << kind;
    alice.respond(offer, 200, wait_sdp([&](auto done) { media->create_answer(offer.body, done); }));
    EXPECT_EQ(alice.expect("ACK ").method, "ACK") << kind;
  }
  const auto before = media->stats().packets_received;
  EXPECT_TRUE(hears_packets(before + 50));
}

TEST_F(AnchorTest, OfferWithoutAUsableCodecIsTheClientsToRefuse) {
  const std::string id = server.place_call("{\"to\":\"101\",\"media\":{\"codec\":\"g729\"}}");
  const auto invite = alice.expect("INVITE ");
  EXPECT_NE(invite.body.find("m=audio 9 UDP/TLS/RTP/SAVPF 18\r\n"), std::string::npos);
  alice.respond(invite, 488);
  EXPECT_EQ(alice.expect("ACK ").method, "ACK");
  EXPECT_TRUE(server.wait_call_state(id, "finished", seconds(2)));
}

TEST_F(AnchorTest, BlindTransferTakesTheVoiceToTheTarget) {
  server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  const auto ok = alice.respond(invite, 200, kSdp);
  alice.expect("ACK ");
  auto refer = alice.request("REFER", uri_of(invite.get("Contact")));
  refer.replace({{"Call-Id", std::string(invite.get("Call-Id"))},
                 {"From", std::string(ok.get("To"))},
                 {"To", std::string(invite.get("From"))}});
  alice.send(refer.add("Refer-To", "<sip:102@sip.ringcentral.com>"));
  EXPECT_EQ(alice.expect("SIP/2.0 202").status, 202);
  EXPECT_EQ(alice.expect("NOTIFY ").body, "SIP/2.0 100 Trying\r\n");
  EXPECT_EQ(alice.expect("NOTIFY ").body, "SIP/2.0 200 OK\r\n");
  EXPECT_EQ(alice.expect("BYE ").method, "BYE");
  EXPECT_NE(bert.expect("INVITE ").body.find("m=audio"), std::string::npos);
}

TEST_F(AnchorTest, AttendedTransferEndsBothCalls) {
  server.control("POST", "/numbers", "{\"number\":\"12025550177\",\"behaviour\":\"bad_sdp\"}");
  const std::string first = server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  const auto ok = alice.respond(invite, 200, kSdp);
  alice.expect("ACK ");
  const auto other = alice.invite_authorised("12025550177", kSdp);
  alice.send(alice.ack(other, alice.expect("SIP/2.0 200")));
  auto refer = alice.request("REFER", uri_of(invite.get("Contact")));
  refer.replace({{"Call-Id", std::string(invite.get("Call-Id"))},
                 {"From", std::string(ok.get("To"))},
                 {"To", std::string(invite.get("From"))}});
  alice.send(refer.add("Refer-To", "<sip:12025550177@sip.ringcentral.com?Replaces=" +
                                       std::string(other.get("Call-Id")) + "%3Bto-tag%3Dx>"));
  EXPECT_EQ(alice.expect("BYE ").get("Call-Id"), other.get("Call-Id"));
  EXPECT_EQ(alice.expect("BYE ").get("Call-Id"), invite.get("Call-Id"));
  EXPECT_EQ(server.call_ids().size(), 2U) << "nobody else is called";
}

TEST_F(CallsTest, ReplyIsAnsweredAfterTheCancel) {
  alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  bert.respond(ringing, 180);
  auto message = bert.request("MESSAGE", "sip:#996016@sip.ringcentral.com:5060");
  const std::string sid = xml_attribute(ringing.get("P-rc"), "Hdr", "SID");
  message.body = "<Msg><Hdr SID=\"" + sid +
                 "\" Cmd=\"14\"/><Bdy Cln=\"802398804102\" RepTp=\"0\" Bdy=\"later\"/></Msg>";
  bert.send(message);
  EXPECT_EQ(bert.expect("CANCEL ").method, "CANCEL");
  const auto answer = bert.expect("MESSAGE ");
  EXPECT_EQ(xml_attribute(answer.body, "Hdr", "Cmd"), "9");
  EXPECT_EQ(xml_attribute(answer.body, "Hdr", "SID"), sid);
}

TEST_F(AnchorTest, OfferThatCrossesTheByeIs481) {
  server.control("POST", "/numbers", "{\"number\":\"+12025550177\"}");
  make_media({});
  const auto offer = wait_sdp([&](auto done) { media->create_offer(done); });
  const auto invite = alice.invite_authorised("12025550177", offer);
  const auto ok = alice.expect("SIP/2.0 200");
  alice.send(alice.ack(invite, ok));
  const std::string id = server.call_ids().at(0);
  server.hang_up(id);
  const auto bye = alice.expect("BYE ");
  EXPECT_TRUE(server.wait_call_state(id, "finished", seconds(2)));
  auto again = alice.in_dialog("INVITE", invite, ok);
  again.add("Contact", invite.get("Contact")).add("Content-Type", "application/sdp");
  again.body = offer;
  alice.send(again);
  EXPECT_EQ(alice.expect("SIP/2.0 481").status, 481);
  alice.respond(bye, 200);
}

TEST_F(AnchorTest, ServerHangsUpWhileRinging) {
  const std::string id = server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  alice.respond(invite, 180);
  server.hang_up(id);
  alice.respond(alice.expect("CANCEL "), 200);
  alice.respond(invite, 487);
  EXPECT_EQ(alice.expect("ACK ").method, "ACK");
  EXPECT_TRUE(server.wait_call_state(id, "finished", seconds(2)));
}

TEST_F(AnchorTest, MediaActionsReachTheMedia) {
  const std::string id = server.place_call(kToneCall);
  const auto invite = alice.expect("INVITE ");
  make_media({});
  alice.respond(invite, 200, wait_sdp([&](auto done) { media->create_answer(invite.body, done); }));
  ASSERT_TRUE(hears_packets());
  const std::string path = "/calls/" + id + "/media";
  EXPECT_EQ(server.control("POST", path, "{\"action\":\"change_ssrc\"}").status, 200U);
  EXPECT_EQ(server.control("POST", path, "{\"action\":\"nonsense\"}").status, 409U);
  EXPECT_TRUE(alice.loop().wait_until(
      [&] {
        alice.loop().after(milliseconds(20), [&] { alice.loop().notify_changed(); });
        return media->stats().ssrcs_received == 2;
      },
      seconds(5)));
  const auto ids = server.call_ids();
  EXPECT_EQ(ids, std::vector<std::string>{id});
}

}  // namespace
}  // namespace standin
