// SPDX-License-Identifier: LGPL-2.1-or-later
// REGISTER as protocol/ringcentral.md 3.3 and 3.4 tell.
#include "sip/registration.h"

#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class RegistrationTest : public UserAgentTest, public Registration::Listener {
 protected:
  RegistrationTest() { make({"urn:uuid:5c0a6b1e-0000-4000-8000-000000000001", 60s, 0}); }

  void make(Registration::Options options) {
    registration_ = std::make_unique<Registration>(*user_agent_, clock_, options, this);
  }
  void on_registered(std::chrono::seconds expires) override {
    heard_ += "registered " + std::to_string(expires.count()) + "\n";
  }
  void on_registration_failed(const Registration::Failure& failure) override {
    failure_ = failure;
    heard_ += "failed " + std::to_string(failure.status) + "\n";
  }
  // The 200 with the contacts of the extension: another device's first, then ours.
  void grant(const std::string& expires) {
    Message response = response_to(last(), 200, "reg");
    response.add("Contact", "<sip:other@o.invalid;transport=ws>;expires=7, " +
                                last().contact()->uri.to_string().insert(0, "<") + ">" + expires);
    deliver(response);
  }
  std::string take() { return std::exchange(heard_, {}); }

  std::unique_ptr<Registration> registration_;
  std::string heard_;
  Registration::Failure failure_;
};

TEST_F(RegistrationTest, RegistersWithCredentials) {
  registration_->start();
  reply(100);
  challenge(401, "XXvrW1176i9sn4clcQVdEk6ezAYxEy/P");
  reply(100);
  grant(";expires=47");
  EXPECT_EQ(conversation(),
            "-> REGISTER\n<- 100 REGISTER\n<- 401 REGISTER\n-> REGISTER\n<- 100 REGISTER\n"
            "<- 200 REGISTER\n");
  EXPECT_EQ(take(), "registered 47\n");
  EXPECT_TRUE(registration_->registered());
}

TEST_F(RegistrationTest, SendsWhatRingCentralNeeds) {
  registration_->start();
  const Message first = last();
  EXPECT_EQ(first.request_uri(), "sip:sip.example.com");
  EXPECT_EQ(first.header("To"), "<sip:12025550115*115@sip.example.com>");
  EXPECT_EQ(first.from()->uri.to_string(), "sip:12025550115*115@sip.example.com");
  EXPECT_EQ(first.contact()->params.get("+sip.instance"),
            "<urn:uuid:5c0a6b1e-0000-4000-8000-000000000001>");
  EXPECT_EQ(first.contact()->params.get("expires"), "60");
  EXPECT_FALSE(first.contact()->params.has("reg-id"));
  challenge(401, "n");
  const Message second = last();
  EXPECT_EQ(second.call_id(), first.call_id());
  EXPECT_EQ(second.from_tag(), first.from_tag());
  EXPECT_EQ(second.cseq()->number, first.cseq()->number + 1);
  const std::string authorization(*second.header("Authorization"));
  EXPECT_NE(authorization.find("username=\"802398804016\""), std::string::npos);
  EXPECT_NE(authorization.find("uri=\"sip:sip.example.com\""), std::string::npos);
  EXPECT_EQ(authorization.find("secret"), std::string::npos);
}

TEST_F(RegistrationTest, FindsItsOwnContactByComparingUris) {  // RFC 3261 10.2.4
  registration_->start();
  const Uri own = last().contact()->uri;
  Uri other = own, same = own;
  other.params.set("maddr", "192.0.2.1");
  same.host.replace(same.host.size() - 7, 7, "INVALID");
  same.params.set("transport", "WS");
  Message response = response_to(last(), 200, "reg");
  response.add("Contact", "<" + other.to_string() + ">;expires=7");
  response.add("Contact", "<" + same.to_string() + ">;expires=41");
  deliver(response);
  EXPECT_EQ(take(), "registered 41\n");
}

TEST_F(RegistrationTest, SendsRegIdWhenAsked) {
  make({"urn:uuid:x", 60s, 1});
  registration_->start();
  EXPECT_EQ(last().contact()->params.get("reg-id"), "1");
  EXPECT_TRUE(last().has_token("Supported", "outbound"));
}

TEST_F(RegistrationTest, RefreshesThreeSecondsBeforeTheEnd) {
  registration_->start();
  const Message first = last();
  grant(";expires=47");
  conversation();
  clock_.advance(43999ms);
  EXPECT_EQ(conversation(), "");
  clock_.advance(1ms);
  EXPECT_EQ(conversation(), "-> REGISTER\n");
  EXPECT_EQ(last().call_id(), first.call_id());
  EXPECT_EQ(last().from_tag(), first.from_tag());
  EXPECT_GT(last().cseq()->number, first.cseq()->number);
  grant(";expires=47");
  EXPECT_EQ(take(), "registered 47\nregistered 47\n");
}

TEST_F(RegistrationTest, TakesWhatTheServerGrants) {
  for (const auto& [expires, after] : std::vector<std::pair<std::string, std::chrono::seconds>>{
           {";expires=4", 2s}, {";expires=1", 1s}, {";expires=3600", 3597s}, {"", 57s}}) {
    registration_->start();
    grant(expires);
    conversation();
    clock_.advance(after - 1ms);
    EXPECT_EQ(conversation(), "") << expires;
    clock_.advance(1ms);
    EXPECT_EQ(conversation(), "-> REGISTER\n") << expires;
  }
}

TEST_F(RegistrationTest, TakesTheExpiresHeader) {
  registration_->start();
  Message response = response_to(last(), 200, "reg");
  response.add("Expires", "100");
  deliver(response);
  EXPECT_EQ(take(), "registered 100\n");
}

TEST_F(RegistrationTest, NoTimeAtAllIsAFailure) {
  registration_->start();
  grant(";expires=0");
  EXPECT_EQ(take(), "failed 200\n");
  EXPECT_FALSE(registration_->registered());
}

TEST_F(RegistrationTest, SilenceFor5SecondsIsReportedOnce) {
  registration_->start();
  reply(100);
  clock_.advance(4999ms);
  EXPECT_EQ(take(), "");
  clock_.advance(1ms);
  EXPECT_EQ(take(), "failed 0\n");
  EXPECT_EQ(failure_.error.code, Errc::kTimeout);
  grant(";expires=47");  // too late
  clock_.advance(1h);
  EXPECT_EQ(take(), "");
}

TEST_F(RegistrationTest, RefusalsSayWhatToDo) {
  struct Case {
    int status;
    const char* phrase;
    Errc code;
    const char* words;
  };
  for (const auto& c : {
           Case{603, "Too Many Contacts", Errc::kRejected, "five devices"},
           Case{403, "Forbidden, instance id is intercepted by another registration",
                Errc::kRejected, "instance id"},
           Case{403, "Forbidden", Errc::kAuth, "credentials"},
           Case{503, "Service Unavailable", Errc::kRejected, "503 Service Unavailable"},
       }) {
    registration_->start();
    Message response = response_to(last(), c.status, "reg", c.phrase);
    response.add("Retry-After", "30");
    deliver(response);
    EXPECT_EQ(take(), "failed " + std::to_string(c.status) + "\n");
    EXPECT_EQ(failure_.error.code, c.code);
    EXPECT_NE(failure_.error.message.find(c.words), std::string::npos) << failure_.error.message;
    EXPECT_EQ(failure_.retry_after, 30s);
  }
  clock_.advance(1h);
  EXPECT_EQ(take(), "");  // it does not try again by itself
}

TEST_F(RegistrationTest, WrongPasswordIsToldAfterOneTry) {
  registration_->start();
  challenge(401, "n1");
  challenge(401, "n2");
  EXPECT_EQ(conversation(), "-> REGISTER\n<- 401 REGISTER\n-> REGISTER\n<- 401 REGISTER\n");
  EXPECT_EQ(take(), "failed 401\n");
  EXPECT_EQ(failure_.error.code, Errc::kAuth);
}

TEST_F(RegistrationTest, StaleNonceIsReplacedSilently) {
  registration_->start();
  challenge(401, "n1");
  challenge(401, "n2", "sip.example.com", ", stale=true");
  grant(";expires=60");
  EXPECT_EQ(take(), "registered 60\n");
}

TEST_F(RegistrationTest, ForeignRealmGetsNoCredentials) {
  registration_->start();
  challenge(401, "n1", "evil.example.net");
  EXPECT_EQ(conversation(), "-> REGISTER\n<- 401 REGISTER\n");
  EXPECT_EQ(failure_.error.code, Errc::kProtocol);
}

TEST_F(RegistrationTest, TooBriefIsAskedAgainForLonger) {
  registration_->start();
  Message response = response_to(last(), 423, "reg");
  response.add("Min-Expires", "300");
  deliver(response);
  EXPECT_EQ(last().contact()->params.get("expires"), "300");
  Message again = response_to(last(), 423, "reg");
  again.add("Min-Expires", "300");
  deliver(again);
  EXPECT_EQ(take(), "failed 423\n");
}

TEST_F(RegistrationTest, FailsWithTheSocket) {
  registration_->start();
  lose_socket();
  settle();
  EXPECT_EQ(take(), "failed 0\n");
  EXPECT_EQ(failure_.error.code, Errc::kNetwork);
}

TEST_F(RegistrationTest, FailsWithoutASocketButNotInsideStart) {
  lose_socket();
  registration_->start();
  EXPECT_EQ(take(), "");
  settle();
  EXPECT_EQ(failure_.error.code, Errc::kNetwork);
}

TEST_F(RegistrationTest, StartsAnewOverTheNextSocket) {
  registration_->start();
  const Message first = last();
  grant(";expires=47");
  lose_socket();
  EXPECT_FALSE(registration_->registered());
  connect();
  conversation();
  clock_.advance(1h);
  EXPECT_EQ(conversation(), "");  // the owner decides
  registration_->start();
  EXPECT_EQ(last().call_id(), first.call_id());
  EXPECT_EQ(last().header("Contact"), first.header("Contact"));
  grant(";expires=47");
  EXPECT_TRUE(registration_->registered());
}

TEST_F(RegistrationTest, StopUnregisters) {
  registration_->start();
  grant(";expires=47");
  take();
  bool done = false;
  registration_->stop([&] { done = true; });
  EXPECT_EQ(last().contact()->params.get("expires"), "0");
  challenge(401, "n2");
  EXPECT_EQ(last().contact()->params.get("expires"), "0");
  EXPECT_FALSE(done);
  reply(200);
  EXPECT_TRUE(done);
  conversation();
  clock_.advance(1h);
  EXPECT_EQ(conversation(), "");
  EXPECT_EQ(take(), "");
}

TEST_F(RegistrationTest, StopEndsWithin2Seconds) {
  registration_->start();
  grant(";expires=47");
  int done = 0;
  registration_->stop([&] { ++done; });
  clock_.advance(2s);
  EXPECT_EQ(done, 1);
  clock_.advance(1h);
  EXPECT_EQ(done, 1);
}

TEST_F(RegistrationTest, StopWithoutASocketEndsAtOnce) {
  lose_socket();
  bool done = false;
  registration_->stop([&] { done = true; });
  EXPECT_FALSE(done);
  settle();
  EXPECT_TRUE(done);
}

TEST_F(RegistrationTest, DestroyedRegistrationIsSilent) {
  registration_->start();
  const Message request = last();
  registration_.reset();
  reply_to(request, 200);
  clock_.advance(1h);
  EXPECT_EQ(take(), "");
}

}  // namespace
}  // namespace rc::sip
