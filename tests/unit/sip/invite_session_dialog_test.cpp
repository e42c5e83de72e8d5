// SPDX-License-Identifier: LGPL-2.1-or-later
// What happens inside an established call, and its end.
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class Established : public UserAgentTest {};

// --- the end ---

TEST_F(Established, HangUpSendsByeAndEndsWithItsAnswer) {
  const auto session = established_outbound();
  session->end();
  EXPECT_EQ(conversation(), "-> BYE\n");
  EXPECT_EQ(last().request_uri(), "sip:server@198.51.100.73:8083;transport=wss");
  EXPECT_EQ(last().to_tag(), "srv");
  EXPECT_EQ(notes_.take(), "");
  reply(200);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
  EXPECT_EQ(user_agent_->sessions(), 0u);
}

TEST_F(Established, ByeMayBeChallenged) {
  const auto session = established_outbound();
  session->end();
  challenge(407, "n2");
  EXPECT_EQ(conversation(), "-> BYE\n<- 407 BYE\n-> BYE\n");
  EXPECT_TRUE(last().has("Proxy-Authorization"));
  reply(200);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
}

TEST_F(Established, ByeThatIsNotAnsweredEndsIn32Seconds) {
  const auto session = established_outbound();
  session->end();
  clock_.advance(32s);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
  clock_.advance(1h);
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Established, ByeThatIsRefusedEndsAllTheSame) {
  const auto session = established_inbound();
  session->end();
  reply(481);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
}

TEST_F(Established, HangUpsThatCrossEndOnce) {
  const auto session = established_outbound();
  session->end();
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(conversation(), "-> BYE\n<- BYE\n-> 200 BYE\n");
  reply(481);
  clock_.advance(1h);
  EXPECT_EQ(notes_.take(), "ended local 200\n");
}

TEST_F(Established, SecondHangUpDoesNothing) {
  const auto session = established_outbound();
  session->end();
  session->end();
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(Established, HangUpWithoutASocketEndsAtOnceAndSaysByeOverTheNext) {
  const auto session = established_outbound();
  lose_socket();
  session->end();
  EXPECT_EQ(notes_.take(), "");  // not from inside end()
  settle();
  EXPECT_EQ(notes_.take(), "ended local 200\n");
  clock_.advance(20s);
  connect();
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(Established, ByeLostWithTheSocketIsSaidOverTheNext) {
  const auto session = established_outbound();
  session->end();
  lose_socket();
  settle();
  EXPECT_EQ(notes_.take(), "ended local 200\n");
  conversation();
  connect();
  EXPECT_EQ(conversation(), "-> BYE\n");
}

TEST_F(Established, ByeIsNotSaidAfter32Seconds) {
  const auto session = established_outbound();
  lose_socket();
  session->end();
  clock_.advance(33s);
  connect();
  EXPECT_EQ(conversation(), "");
}

TEST_F(Established, ListenerMayDropTheSessionInsideOnEnded) {
  auto session = established_outbound();
  const std::weak_ptr<InviteSession> weak = session;
  notes_.session_to_drop = &session;
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(notes_.take(), "ended remote 200\n");
  clock_.advance(32s);  // the INVITE's transaction held it for repeats of the 200
  EXPECT_TRUE(weak.expired());
}

TEST_F(Established, NothingIsHeardWithoutAListener) {
  const auto session = established_outbound();
  session->set_listener(nullptr);
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Established, SessionOutlivesItsUserAgentSilently) {
  const auto session = established_outbound();
  Outcome outcome;
  session->info("application/json", "{}", outcome.callback());
  user_agent_.reset();
  session->end();
  session->info("application/json", "{}", outcome.callback());
  clock_.advance(1h);
  EXPECT_EQ(notes_.take(), "");
}

// --- their requests ---

TEST_F(Established, InfoNotifyAndUpdateAreAnsweredAndTold) {
  const auto session = established_outbound();
  Message info = server_request("INFO", session.get());
  info.set_body("application/json;charset=utf-8", "{\"a\":1}");
  deliver(info);
  Message notify = server_request("NOTIFY", session.get());
  notify.add("Event", "refer");
  notify.set_body("message/sipfrag;version=2.0", "SIP/2.0 200 OK");
  deliver(notify);
  deliver(server_request("UPDATE", session.get()));
  EXPECT_EQ(conversation(),
            "<- INFO\n-> 200 INFO\n<- NOTIFY\n-> 200 NOTIFY\n<- UPDATE\n-> 200 UPDATE\n");
  EXPECT_EQ(notes_.take(), "info application/json {\"a\":1}\nnotify SIP/2.0 200 OK\nupdate\n");
}

TEST_F(Established, InfoIsTakenBeforeTheAnswer) {
  const auto session =
      user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  reply(183);
  notes_.take();
  Message info = server_request("INFO", session.get());
  info.set_body("application/json", "{}");
  deliver(info);
  EXPECT_EQ(last().status(), 200);
  EXPECT_EQ(notes_.take(), "info application/json {}\n");
}

TEST_F(Established, InfoOfAPackageIs469) {  // RFC 6086 4.2.2
  const auto session = established_outbound();
  Message info = server_request("INFO", session.get());
  info.add("Info-Package", "dtmf");
  info.set_body("application/dtmf", "1");
  deliver(info);
  EXPECT_EQ(last().status(), 469);
  EXPECT_EQ(last().header("Recv-Info"), "");
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Established, ReferIsRefused) {
  const auto session = established_outbound();
  Message refer = server_request("REFER", session.get());
  refer.add("Refer-To", "<sip:+88213000000@sip.example.com>");
  deliver(refer);
  EXPECT_EQ(conversation(), "<- REFER\n-> 603 REFER\n");
}

TEST_F(Established, OtherMethodsAreAnsweredByTheRules) {
  const auto session = established_outbound();
  for (const auto& [method, status] : std::vector<std::pair<std::string, int>>{
           {"OPTIONS", 200}, {"PRACK", 481}, {"SUBSCRIBE", 405}, {"FROB", 405}}) {
    deliver(server_request(method, session.get()));
    EXPECT_EQ(last().status(), status) << method;
  }
}

TEST_F(Established, LowerCseqIs500) {
  const auto session = established_outbound();
  deliver(server_request("INFO", session.get()));
  Message info = server_request("INFO", session.get());
  info.set_cseq({5, "INFO"});
  notes_.take();
  deliver(info);
  EXPECT_EQ(last().status(), 500);
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Established, RequestOfAnotherRemoteTagIs481) {
  const auto session = established_outbound();
  Message bye = server_request("BYE", session.get());
  bye.set("From", "<sip:+12025550166@198.51.100.165>;tag=stranger");
  deliver(bye);
  EXPECT_EQ(last().status(), 481);
  EXPECT_TRUE(session->established());
}

TEST_F(Established, TargetRefreshMovesOurRequests) {
  const auto session = established_outbound();
  Message update = server_request("UPDATE", session.get());
  update.add("Contact", "<sip:moved@203.0.113.7>");
  deliver(update);
  session->end();
  EXPECT_EQ(last().request_uri(), "sip:moved@203.0.113.7");
}

// --- our requests ---

TEST_F(Established, RequestsInTheDialogHaveOneOutcome) {
  const auto session = established_outbound();
  Outcome info, refer;
  session->info("application/json;charset=utf-8", "{}", info.callback());
  EXPECT_EQ(last().content_type()->type, "application/json");
  reply(200);
  session->request({"REFER", "", "", {{"Refer-To", "sip:101@sip.example.com"}}}, refer.callback());
  EXPECT_EQ(last().header("Refer-To"), "sip:101@sip.example.com");
  EXPECT_TRUE(last().has("Contact"));
  reply(403);
  clock_.advance(1h);
  EXPECT_EQ(info.texts, std::vector<std::string>{"200 OK"});
  EXPECT_EQ(refer.texts, std::vector<std::string>{"403 Forbidden"});
  EXPECT_EQ(refer.code, Errc::kRejected);
  EXPECT_TRUE(session->established());
}

TEST_F(Established, RequestPendingAtTheEndIsClosed) {
  const auto session = established_outbound();
  Outcome outcome;
  session->info("application/json", "{}", outcome.callback());
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(outcome.code, Errc::kClosed);
  clock_.advance(1h);
  EXPECT_EQ(outcome.texts.size(), 1u);
}

TEST_F(Established, RequestIsLostWithTheSocketButTheCallIsNot) {
  const auto session = established_outbound();
  Outcome outcome;
  session->info("application/json", "{}", outcome.callback());
  lose_socket();
  settle();
  EXPECT_EQ(outcome.code, Errc::kNetwork);
  EXPECT_TRUE(session->established());
  connect();
  deliver(server_request("BYE", session.get()));
  EXPECT_EQ(notes_.take(), "ended remote 200\n");
}

TEST_F(Established, RequestBeforeTheDialogIsRefused) {
  const auto session =
      user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  Outcome outcome;
  session->info("application/json", "{}", outcome.callback());
  EXPECT_TRUE(outcome.texts.empty());
  settle();
  EXPECT_EQ(outcome.code, Errc::kRejected);
}

TEST_F(Established, RequestAfterTheEndIsClosed) {
  const auto session = established_outbound();
  deliver(server_request("BYE", session.get()));
  Outcome info, offer;
  session->info("application/json", "{}", info.callback());
  session->reinvite(kOffer, offer.callback());
  settle();
  EXPECT_EQ(info.code, Errc::kClosed);
  EXPECT_EQ(offer.code, Errc::kClosed);
}

}  // namespace
}  // namespace rc::sip
