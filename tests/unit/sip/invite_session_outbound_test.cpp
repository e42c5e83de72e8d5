// SPDX-License-Identifier: LGPL-2.1-or-later
// Calls of ours, as conversations with a server (RFC 3665 3, protocol/ringcentral.md 5).
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class OutboundCall : public UserAgentTest {
 protected:
  std::shared_ptr<InviteSession> dial(const std::string& sdp = kOffer) {
    return user_agent_->invite({"sip:12025550100@sip.example.com",
                                sdp,
                                {{"P-Asserted-Identity", "sip:12025550179@sip.example.com"}}},
                               &notes_);
  }
};

TEST_F(OutboundCall, IsAnsweredAfterAChallenge) {
  const auto session = dial();
  reply(100);
  challenge(407, "n1");
  reply(100);
  reply(183);
  reply(200, kAnswer);
  EXPECT_EQ(conversation(),
            "-> INVITE\n<- 100 INVITE\n<- 407 INVITE\n-> ACK\n-> INVITE\n<- 100 INVITE\n"
            "<- 183 INVITE\n<- 200 INVITE\n-> ACK\n");
  EXPECT_EQ(notes_.take(), "progress 183\nanswered v=0 answer\n");
  EXPECT_TRUE(session->established());
  EXPECT_EQ(session->remote_tag(), "srv");
}

}  // namespace
}  // namespace rc::sip
