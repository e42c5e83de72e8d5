// SPDX-License-Identifier: LGPL-2.1-or-later
//
// RingCentral's habits that clients depend on (../shared/protocol/ringcentral.md section 12).
#include <algorithm>
#include <map>

#include "calls_fixture.h"
#include "json_text.h"

namespace standin {
namespace {

constexpr gint64 kPauseUs = 50000;  // point 5: less, and the SDK loses the second message

class ServiceTest : public CallsTest {
 protected:
  // The responses that were sent, by method: "100 401" for each request.
  std::map<std::string, std::vector<std::string>> answers() {
    std::map<std::string, std::string> by_transaction;
    std::map<std::string, std::vector<std::string>> out;
    for (const auto& entry : server.log()) {
      const auto message = parse_sip(entry.text);
      if (entry.received || !message || message->is_request()) continue;
      const std::string key =
          std::string(message->get("Call-Id")) + " " + std::string(message->get("CSeq"));
      std::string& statuses = by_transaction[key];
      statuses += (statuses.empty() ? "" : " ") + std::to_string(message->status);
    }
    for (const auto& [key, statuses] : by_transaction) {
      out[key.substr(key.rfind(' ') + 1)].push_back(statuses);
    }
    return out;
  }
  // When the first message that starts so was sent, to the same request as this one if there is
  // one; 0 when none was.
  gint64 sent_at(const std::string& start, const SipMessage& response = {}) {
    const std::string cseq(response.get("CSeq"));
    for (const auto& entry : server.log()) {
      const bool same = entry.text.find(cseq) != std::string::npos;
      if (!entry.received && same && starts_with(entry.text, start)) return entry.us;
    }
    return 0;
  }
  // A call that bert has taken, in which alice has sent this; alice has its answer.
  SipMessage in_call(const std::string& method, const std::string& body = "") {
    const auto invite = alice.invite_authorised("102", kSdp);
    bert.respond(bert.expect("INVITE "), 200, kSdp);
    const auto ok = alice.expect("SIP/2.0 200");
    alice.send(alice.ack(invite, ok));
    auto request = alice.in_dialog(method, invite, ok);
    request.body = body;
    alice.send(request);
    return alice.expect("SIP/2.0 2");
  }
  SipMessage agent(int cmd, const SipMessage& ringing) {
    auto message = bert.request("MESSAGE", "sip:#996016@sip.ringcentral.com:5060");
    message.body = "<Msg><Hdr SID=\"" + xml_attribute(ringing.get("P-rc"), "Hdr", "SID") +
                   "\" Cmd=\"" + std::to_string(cmd) + "\"/><Bdy Cln=\"802398804102\"/></Msg>";
    bert.send(message);
    return bert.expect("SIP/2.0 200");
  }
};

TEST_F(ServiceTest, TryingComesFirstWhereTheServiceSendsIt) {
  const auto invite = alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  agent(17, ringing);
  alice.expect("SIP/2.0 183");
  alice.send(alice.cancel(invite));
  alice.expect("SIP/2.0 200");
  alice.expect("SIP/2.0 487");
  in_call("INFO");
  auto got = answers();
  for (const auto& statuses : got["REGISTER"]) EXPECT_EQ(statuses.substr(0, 4), "100 ");
  const std::vector<std::string> invites{"100 407", "100 183 487", "100 407", "100 183 200"};
  EXPECT_TRUE(std::is_permutation(got["INVITE"].begin(), got["INVITE"].end(), invites.begin(),
                                  invites.end()));
  EXPECT_EQ(got["MESSAGE"], std::vector<std::string>{"100 200"});
  EXPECT_EQ(got["CANCEL"], std::vector<std::string>{"200"});
  EXPECT_EQ(got["INFO"], std::vector<std::string>{"200"});
}

TEST_F(ServiceTest, PausesBeforeTheResultOfACommand) {
  const auto ok = in_call("INFO", "{\"request\":{\"reqid\":1,\"command\":\"startcallrecord\"}}");
  ASSERT_EQ(alice.expect("INFO ").method, "INFO");
  EXPECT_GE(sent_at("INFO ") - sent_at("SIP/2.0 200", ok), kPauseUs);
}

TEST_F(ServiceTest, PausesBeforeTheCancelThatACommandAskedFor) {
  alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  bert.respond(ringing, 180);
  const auto ok = agent(12, ringing);
  ASSERT_EQ(bert.expect("CANCEL ").method, "CANCEL");
  EXPECT_GE(sent_at("CANCEL ") - sent_at("SIP/2.0 200", ok), kPauseUs);
}

TEST_F(ServiceTest, PausesBetweenRingingAndAnswer) {
  alice.invite_authorised("102", kSdp);
  bert.respond(bert.expect("INVITE "), 200, kSdp);  // at once
  const auto ok = alice.expect("SIP/2.0 200");
  EXPECT_GE(sent_at("SIP/2.0 200", ok) - sent_at("SIP/2.0 183", ok), kPauseUs);
}

TEST_F(ServiceTest, CallerIsAnsweredAfterTheCallee) {
  alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  ASSERT_EQ(alice.expect("SIP/2.0 183").status, 183);
  EXPECT_EQ(alice.expect("SIP/2.0 200", milliseconds(200)).status, 0);
  bert.respond(ringing, 200, kSdp);
  EXPECT_EQ(alice.expect("SIP/2.0 200").status, 200);
  EXPECT_LT(sent_at("INVITE "), sent_at("ACK "));
}

TEST_F(ServiceTest, IdsOfTheCallAreThoseOfItsHeaders) {
  const auto invite = alice.invite_authorised("102", kSdp);
  const auto ringing = bert.expect("INVITE ");
  const auto call = Json::parse(server.call_json(server.call_ids().front()));
  ASSERT_TRUE(call);
  const std::string session = ";session-id=" + call->text("session_id");
  const std::string caller = "party-id=" + call->text("party_id") + session;
  EXPECT_EQ(alice.expect("SIP/2.0 183").get("p-rc-api-ids"), caller);
  EXPECT_EQ(ringing.get("p-rc-api-ids"),
            "party-id=p-" + call->text("session_id").substr(2) + "-2" + session);
  bert.respond(ringing, 200, kSdp);
  EXPECT_EQ(alice.expect("SIP/2.0 200").get("p-rc-api-ids"), caller);
}

}  // namespace
}  // namespace standin
