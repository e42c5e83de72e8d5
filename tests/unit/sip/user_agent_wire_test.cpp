// SPDX-License-Identifier: LGPL-2.1-or-later
// How the user agent looks on the wire: RFC 7118, tags, lengths, bytes that are no UTF-8.
#include "sip/parser.h"
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class OnTheWire : public UserAgentTest {};

TEST_F(OnTheWire, HasNoAddressOfItsOwn) {  // RFC 7118 5
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  const Message& invite = last();
  ASSERT_EQ(invite.headers("Via").size(), 1U);
  EXPECT_EQ(invite.top_via()->transport, "WSS");
  EXPECT_TRUE(invite.top_via()->host.ends_with(".invalid"));
  EXPECT_TRUE(invite.contact()->uri.host.ends_with(".invalid"));
  EXPECT_EQ(invite.contact()->uri.params.get("transport"), "ws");
  EXPECT_FALSE(invite.from_tag().empty());
}

TEST_F(OnTheWire, ResponseWithoutReceivedOrLengthIsTaken) {
  Outcome outcome;
  user_agent_->send_request({"OPTIONS", "sip:sip.example.com", "", "", "", {}}, outcome.callback());
  std::string response = response_to(last(), 200, "srv").to_bytes();
  response.erase(response.find("Content-Length"), std::string("Content-Length: 0\r\n").size());
  transport_->deliver(response);
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(OnTheWire, TagsAreComparedWithCase) {
  const auto session = established_inbound();
  Message bye = server_request("BYE", session.get());
  bye.set("From", "<sip:+12025550166@198.51.100.165>;tag=CALLER");
  deliver(bye);
  EXPECT_EQ(last().status(), 481);
  EXPECT_TRUE(session->established());
}

TEST_F(OnTheWire, BytesThatAreNoUtf8AreKeptForWhoShowsThem) {
  Message invite = server_invite();
  invite.set("From", "\"Jos\xE9 \xFF\" <sip:+12025550166@198.51.100.165>;tag=caller");
  deliver(invite);
  ASSERT_NE(incoming_, nullptr);
  EXPECT_EQ(incoming_->invite().from()->display, "Jos\xE9 \xFF");
  EXPECT_EQ(last().header("From"), invite.header("From"));
}

}  // namespace
}  // namespace rc::sip
