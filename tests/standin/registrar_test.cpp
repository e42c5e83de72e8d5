// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "test_phone.h"

namespace standin {
namespace {

using std::chrono::seconds;

class RegistrarTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server.start()) << server.error();
    ASSERT_TRUE(phone.connect());
  }
  Server server;
  TestPhone phone{server, {}};
};

TEST_F(RegistrarTest, RegistersForAMinuteAtMost) {
  const auto answer = phone.register_line(600);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(header_param(answer.get("Contact"), "expires"), "60");
  EXPECT_TRUE(server.wait_registered("101", seconds(1)));
}

TEST_F(RegistrarTest, UnregistersWithExpiresZero) {
  phone.register_line();
  EXPECT_EQ(phone.register_line(0).status, 200);
  EXPECT_TRUE(server.wait_unregistered("101", seconds(1)));
  EXPECT_NE(server.control("GET", "/registrations").body.find("\"101\":1"), std::string::npos);
}

TEST_F(RegistrarTest, AnswersAQopChallenge) {
  server.set_fault("qop", 1);
  EXPECT_EQ(phone.register_line().status, 200);
}

TEST_F(RegistrarTest, RefusesAsTheFaultsSay) {
  server.set_fault("too_many_contacts", 1);
  EXPECT_EQ(phone.register_line().status, 603);
  server.set_fault("too_many_contacts", 0);
  server.set_fault("refuse_403", 1);
  EXPECT_EQ(phone.register_line().status, 403);
  server.set_fault("refuse_403", 0);
  server.set_fault("register_503_times", 1);
  EXPECT_EQ(phone.register_line().status, 503);
  EXPECT_EQ(phone.register_line().status, 200);
}

TEST_F(RegistrarTest, ChallengesForEverWhenTold) {
  server.set_fault("repeat_401", 1);
  EXPECT_EQ(phone.register_line().status, 401);
}

TEST_F(RegistrarTest, TakesTheAnswerToASha256Challenge) {
  server.set_fault("challenges", 1);
  EXPECT_EQ(phone.register_line().status, 200);
}

TEST_F(RegistrarTest, ChallengesAnInviteForEverWhenTold) {
  phone.register_line();
  server.set_fault("repeat_407", 1);
  phone.invite_authorised("102", "");
  EXPECT_EQ(phone.expect("SIP/2.0 407").status, 407);
}

TEST_F(RegistrarTest, KeepsSilentToRegisterWhenTold) {
  server.set_fault("no_answer_register", 1);
  auto request = phone.request("REGISTER", "sip:sip.ringcentral.com");
  phone.send(request.add("Contact", "<sip:phone@phone.invalid>"));
  phone.send(phone.request("OPTIONS", "sip:sip.ringcentral.com"));
  EXPECT_EQ(phone.expect("SIP/2.0 ").get("CSeq"), "102 OPTIONS");
}

TEST_F(RegistrarTest, ClosesTheSocketOnInviteWhenTold) {
  phone.register_line();
  server.set_fault("drop_socket", 1);
  phone.send(phone.invite("102", ""));
  EXPECT_TRUE(server.wait_unregistered("101", seconds(2)));
}

TEST_F(RegistrarTest, WrongPasswordGets403) {
  auto request = phone.request("REGISTER", "sip:sip.ringcentral.com");
  phone.send(request.add("Contact", "<sip:phone@phone.invalid>"));
  const auto challenge = phone.expect("SIP/2.0 401");
  auto again = phone.request("REGISTER", "sip:sip.ringcentral.com");
  again.add("Contact", "<sip:phone@phone.invalid>");
  // Credentials for another method are what a wrong password looks like.
  again.add("Authorization", phone.credentials(challenge, "INVITE", "sip:sip.ringcentral.com"));
  phone.send(again);
  EXPECT_EQ(phone.expect("SIP/2.0 403").status, 403);
}

TEST_F(RegistrarTest, SixthInstanceGets603) {
  for (int i = 0; i < 6; ++i) {
    TestPhone::Options options;
    options.instance = "urn:uuid:" + std::to_string(i);
    TestPhone another(server, options);
    ASSERT_TRUE(another.connect());
    EXPECT_EQ(another.register_line().status, i < 5 ? 200 : 603);
  }
}

TEST_F(RegistrarTest, InviteWithoutRegistrationGets403) {
  phone.send(phone.invite("102", ""));
  EXPECT_EQ(phone.expect("SIP/2.0 403").status, 403);
}

TEST_F(RegistrarTest, AnswersKeepAliveAndOptions) {
  phone.send(std::string("\r\n\r\n"));
  phone.send(phone.request("OPTIONS", "sip:sip.ringcentral.com"));
  EXPECT_EQ(phone.expect("SIP/2.0 200").status, 200);
  EXPECT_TRUE(server.wait_message("\r\n", seconds(1)));
}

TEST_F(RegistrarTest, DropsSocketsOnDemand) {
  phone.register_line();
  server.drop_sockets();
  EXPECT_TRUE(server.wait_unregistered("101", seconds(1)));
}

}  // namespace
}  // namespace standin
