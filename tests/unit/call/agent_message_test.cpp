// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/agent_message.h"

#include <gtest/gtest.h>

#include "call/api_ids.h"

namespace rc::call {
namespace {

// Composed after the INVITE of 2019 in the shared samples.
constexpr const char* kIncoming =
    "<Msg><Hdr SID=\"35464233129848\" Req=\"{EEB7D831}\" From=\"#996016@sip.ringcentral.com:5060\" "
    "To=\"12025550115*115\" Cmd=\"6\"/><Bdy SrvLvl=\"-149699523\" Phn=\"+12025550166\" "
    "Nm=\"A &amp; B\"/></Msg>";

TEST(AgentMessage, ReadsAnIncomingCall) {
  const auto message = AgentMessage::parse(kIncoming);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->command, AgentMessage::kIncomingCall);
  EXPECT_EQ(message->session, "35464233129848");
  EXPECT_EQ(message->from, "#996016@sip.ringcentral.com:5060");
  EXPECT_EQ(message->body.at("Nm"), "A & B");
}

// The bytes that the official SDK 2.5.4 sends (client-message-cmd17.txt).
TEST(AgentMessage, ConfirmsReceiptInTheFormOfTheOfficialClient) {
  EXPECT_EQ(
      AgentMessage::parse(kIncoming)->reply(AgentMessage::kReceiveConfirm, "802398804016").to_xml(),
      "<Msg><Hdr SID=\"35464233129848\" Req=\"{EEB7D831}\" From=\"12025550115*115\" "
      "To=\"#996016@sip.ringcentral.com:5060\" Cmd=\"17\"/><Bdy Cln=\"802398804016\"/></Msg>");
}

TEST(AgentMessage, KeepsTheCallWhenTheNameIsLatin1) {
  const auto message = AgentMessage::parse("<Msg><Hdr Cmd=\"6\"/><Bdy Nm=\"Jos\xE9\"/></Msg>");
  ASSERT_TRUE(message);
  EXPECT_EQ(message->body.at("Nm").substr(0, 3), "Jos");
}

TEST(AgentMessage, EscapesWhatItWrites) {
  AgentMessage message;
  message.request = "\"><Bdy Cln=\"x";
  const auto back = AgentMessage::parse(message.to_xml());
  ASSERT_TRUE(back);
  EXPECT_EQ(back->request, message.request);
}

TEST(AgentMessage, RefusesAnAddressThatWouldBreakOurRequestLine) {
  for (const char* bad : {"#1@x&#13;&#10;Via: y", "#1@x SIP/2.0", "#1@x&gt;", "a&#9;b"})
    EXPECT_FALSE(
        AgentMessage::parse(std::string("<Msg><Hdr Cmd=\"6\" From=\"") + bad + "\"/></Msg>"))
        << bad;
}

TEST(AgentMessage, RefusesWhatIsNone) {
  for (const char* bad : {"", "hello", "<Msg>", "<Msg><Hdr/></Msg>", "<Msg><Hdr Cmd=\"x\"/></Msg>",
                          "<Msg><Hdr Cmd=\"6\"/></Msg"})
    EXPECT_FALSE(AgentMessage::parse(bad)) << bad;
  EXPECT_FALSE(AgentMessage::parse("<Msg><Hdr Cmd=\"6\"/>" + std::string(10000, ' ') + "</Msg>"));
}

TEST(ApiIds, ReadsTheIdsInAnyOrder) {
  const auto a = ApiIds::parse("party-id=p-33f7-2;session-id=s-33f7");
  EXPECT_EQ(a.party_id, "p-33f7-2");
  EXPECT_EQ(a.session_id, "s-33f7");
  const auto b = ApiIds::parse(" Session-Id = s-a0fz ; party-id=p-a0fz-1 ");
  EXPECT_EQ(b.party_id, "p-a0fz-1");
  EXPECT_EQ(b.session_id, "s-a0fz");
}

TEST(ApiIds, DropsWhatIsNoId) {
  EXPECT_EQ(ApiIds::parse("session-id=s-<script>").session_id, "");
  EXPECT_EQ(ApiIds::parse("session-id=" + std::string(500, 'a')).session_id, "");
  EXPECT_EQ(ApiIds::parse("").party_id, "");
}

}  // namespace
}  // namespace rc::call
