// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What networks and servers do to sockets, and bytes of a test's own making.
#include "calls_fixture.h"

namespace standin {
namespace {

class SocketsTest : public CallsTest {
 protected:
  unsigned post(const std::string& path, const std::string& body = "") {
    return server.control("POST", path, body).status;
  }
  bool answers_options(TestPhone& phone, milliseconds limit) {
    phone.send(phone.request("OPTIONS", "sip:sip.ringcentral.com"));
    return phone.expect("SIP/2.0 ", limit).status != 0;
  }
};

TEST_F(SocketsTest, RawBytesAreOneMessageWhateverTheyAre) {
  EXPECT_EQ(post("/flows/101/raw", "OPTIONS sip:x SIP/2.0\r\nSubject: \xff\r\n\r\n"), 200U);
  EXPECT_EQ(alice.expect("OPTIONS ").get("Subject"), "\xff");
  EXPECT_EQ(post("/flows/103/raw", "x"), 404U);
}

TEST_F(SocketsTest, RawBytesGoOutAsOftenAsTold) {
  const auto reply = http("POST", "/flows/101/raw?times=3",
                          "OPTIONS sip:x SIP/2.0\r\nCSeq: {{n}} OPTIONS\r\n\r\n");
  EXPECT_EQ(reply.first, 200U);
  for (const char* cseq : {"1 OPTIONS", "2 OPTIONS", "3 OPTIONS"}) {
    EXPECT_EQ(alice.expect("OPTIONS ").get("CSeq"), cseq);
  }
}

TEST_F(SocketsTest, CutIsTheEndOfTheConnection) {
  EXPECT_EQ(post("/flows/101/cut"), 200U);
  EXPECT_TRUE(alice.wait_closed(seconds(3)));
  EXPECT_TRUE(server.wait_unregistered("101", seconds(3)));
  EXPECT_FALSE(bert.closed());
}

TEST_F(SocketsTest, FrozenSocketTakesBytesAndIsSilent) {
  ASSERT_TRUE(answers_options(alice, seconds(3)));
  EXPECT_EQ(post("/flows/101/freeze"), 200U);
  EXPECT_FALSE(answers_options(alice, milliseconds(300)));
  EXPECT_FALSE(alice.closed());
  EXPECT_TRUE(answers_options(bert, seconds(3)));
}

TEST_F(SocketsTest, MessageIsLostWithItsSocket) {
  server.set_fault("cut_at_message", 3);
  EXPECT_TRUE(answers_options(alice, seconds(3)));  // the first and the second
  EXPECT_FALSE(answers_options(alice, milliseconds(300)));
  EXPECT_TRUE(alice.wait_closed(seconds(3)));
}

TEST_F(SocketsTest, MessageIsLostAndItsSocketFrozen) {
  server.set_fault("freeze_at_message", 2);
  EXPECT_FALSE(answers_options(alice, milliseconds(300)));
  EXPECT_FALSE(alice.closed());
}

TEST_F(SocketsTest, RestartForgetsRegistrationsAndWhenToldCalls) {
  const std::string id = server.place_call("{\"to\":\"101\"}");
  alice.respond(alice.expect("INVITE "), 200, kSdp);
  ASSERT_TRUE(server.wait_call_state(id, "answered", seconds(2)));
  EXPECT_EQ(post("/restart", "{\"forget_calls\":true}"), 200U);
  EXPECT_TRUE(alice.wait_closed(seconds(3)));
  EXPECT_TRUE(bert.wait_closed(seconds(3)));
  EXPECT_EQ(server.control("GET", "/registrations").body.find("\"instance\""), std::string::npos);
  EXPECT_TRUE(server.wait_call_state(id, "finished", seconds(2)));
}

}  // namespace
}  // namespace standin
