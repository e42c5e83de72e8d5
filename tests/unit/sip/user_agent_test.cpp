// SPDX-License-Identifier: LGPL-2.1-or-later
// What the user agent answers by itself, requests outside dialogs, credentials.
#include "sip/user_agent.h"

#include <set>

#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class UserAgentRouting : public UserAgentTest {
 protected:
  void send_agent_message(Outcome& outcome) {
    user_agent_->send_request({"MESSAGE",
                               "sip:#996016@sip.example.com:5060",
                               "461615ab-61fa",
                               "x-rc/agent",
                               "<Msg/>",
                               {}},
                              outcome.callback());
  }
};

// --- answered by itself ---

TEST_F(UserAgentRouting, MessageIsAnsweredAndTold) {
  Message message = server_request("MESSAGE");
  message.set_body("x-rc/agent", "<Msg>7</Msg>");
  deliver(message);
  EXPECT_EQ(conversation(), "<- MESSAGE\n-> 200 MESSAGE\n");
  EXPECT_EQ(messages_, std::vector<std::string>{"<Msg>7</Msg>"});
  EXPECT_FALSE(last().to_tag().empty());
}

TEST_F(UserAgentRouting, CheckSyncIsAnsweredAndTold) {
  Message notify = server_request("NOTIFY");
  notify.add("Event", "check-sync;reboot=false");
  deliver(notify);
  EXPECT_EQ(last().status(), 200);
  EXPECT_EQ(check_syncs_, 1);
  Message in_old_dialog = server_request("NOTIFY");
  in_old_dialog.set("To", "<sip:12025550115*115@203.0.113.154>;tag=gone");
  in_old_dialog.add("Event", "check-sync");
  deliver(in_old_dialog);
  EXPECT_EQ(check_syncs_, 2);
}

TEST_F(UserAgentRouting, OtherRequestsOutsideDialogsAreAnsweredByTheRules) {
  for (const auto& [method, status] : std::vector<std::pair<std::string, int>>{{"OPTIONS", 200},
                                                                               {"BYE", 481},
                                                                               {"INFO", 481},
                                                                               {"UPDATE", 481},
                                                                               {"NOTIFY", 481},
                                                                               {"REFER", 603},
                                                                               {"SUBSCRIBE", 405},
                                                                               {"PUBLISH", 405},
                                                                               {"FROB", 405}}) {
    deliver(server_request(method));
    EXPECT_EQ(last().status(), status) << method;
    EXPECT_EQ(last().has("Allow"), status == 405) << method;
  }
}

TEST_F(UserAgentRouting, RequestOfAnUnknownDialogIs481) {
  for (const auto* method : {"INVITE", "BYE", "INFO", "UPDATE", "NOTIFY"}) {
    Message request = server_request(method);
    request.set("To", "<sip:12025550115*115@203.0.113.154>;tag=gone");
    deliver(request);
    EXPECT_EQ(last().status(), 481) << method;
  }
  EXPECT_EQ(incoming_, nullptr);
}

TEST_F(UserAgentRouting, CancelOfNothingIs481) {
  deliver(server_cancel(server_invite()));
  EXPECT_EQ(conversation(), "<- CANCEL\n-> 481 CANCEL\n");
}

TEST_F(UserAgentRouting, StrayAckAndResponseAreDropped) {
  Message ack = server_request("INVITE");
  Message stray = Message::request("ACK", Uri{});
  stray.set_request_uri(ack.request_uri());
  for (const auto* name : {"Via", "From", "To", "Call-ID"}) stray.add(name, *ack.header(name));
  stray.set_cseq({1, "ACK"});
  deliver(stray);
  deliver(response_to(server_invite(), 200, "x"));
  EXPECT_EQ(conversation(), "<- ACK\n<- 200 INVITE\n");
}

TEST_F(UserAgentRouting, UnknownRequireIs420) {
  Message invite = server_invite();
  invite.add("Require", "replaces, 100rel, precondition");
  deliver(invite);
  EXPECT_EQ(last().status(), 420);
  EXPECT_EQ(last().tokens("Unsupported"), (std::vector<std::string>{"replaces", "precondition"}));
  EXPECT_EQ(incoming_, nullptr);
  const auto session = established_inbound();
  Message info = server_request("INFO", session.get());
  info.add("Require", "frob");
  deliver(info);
  EXPECT_EQ(last().status(), 420);
}

TEST_F(UserAgentRouting, MalformedRequestIs400AndGarbageIsDropped) {
  deliver_text(
      "OPTIONS sip:a@b SIP/2.0\nVia: SIP/2.0/WSS h;branch=z9hG4bKx\nFrom: <sip:a@b>;tag=1\n"
      "To: <sip:a@b>\nCall-ID: x\nCSeq: 1 OPTIONS\nMax-Forwards: -1\n\n");
  EXPECT_EQ(last().status(), 400);
  conversation();
  deliver_text("\n\n");
  deliver_text("GET / HTTP/1.1\n\n");
  deliver_text(std::string("\0\xff", 2));
  EXPECT_EQ(conversation(), "");
}

// --- requests outside dialogs ---

TEST_F(UserAgentRouting, AgentAddressGoesOutByteForByte) {
  Outcome outcome;
  send_agent_message(outcome);
  const Message& message = last();
  EXPECT_EQ(message.request_uri(), "sip:#996016@sip.example.com:5060");
  EXPECT_EQ(message.header("To"), "<sip:#996016@sip.example.com:5060>");
  EXPECT_EQ(message.call_id(), "461615ab-61fa");
  EXPECT_EQ(message.header("Content-Type"), "x-rc/agent");
  EXPECT_EQ(message.body(), "<Msg/>");
  reply(100);
  reply(200);
  EXPECT_EQ(outcome.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(UserAgentRouting, RequestIsSentAgainWithCredentialsOnce) {
  Outcome outcome;
  send_agent_message(outcome);
  challenge(401, "n1");
  EXPECT_NE(last().header("Authorization")->find("uri=\"sip:#996016@sip.example.com:5060\""),
            std::string_view::npos);
  challenge(401, "n2");
  EXPECT_EQ(conversation(), "-> MESSAGE\n<- 401 MESSAGE\n-> MESSAGE\n<- 401 MESSAGE\n");
  EXPECT_EQ(outcome.code, Errc::kAuth);
  EXPECT_EQ(outcome.texts.size(), 1u);
  EXPECT_EQ(outcome.texts[0].find("secret"), std::string::npos);
}

TEST_F(UserAgentRouting, OnlyWhoAskedGetsCredentials) {
  Outcome message;
  send_agent_message(message);
  challenge(401, "n1");
  reply(200);
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  EXPECT_FALSE(last().has("Authorization"));  // its nonces serve once: nothing is sent unasked
  challenge(407, "n2");
  EXPECT_TRUE(last().has("Proxy-Authorization"));
  EXPECT_FALSE(last().has("Authorization"));
}

TEST_F(UserAgentRouting, ByeOfAForkThatIsChallengedCountsOn) {
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  const Message invite = last();
  reply(200, kAnswer, "one");
  reply_to(invite, 200, kAnswer, "two");
  const uint32_t number = last("BYE").cseq()->number;
  challenge(407, "n1");
  EXPECT_GT(last("BYE").cseq()->number, number);
}

TEST_F(UserAgentRouting, EndlessStaleNoncesEnd) {
  Outcome outcome;
  send_agent_message(outcome);
  for (int i = 0; i < 20 && outcome.texts.empty(); ++i) {
    challenge(401, "n" + std::to_string(i), "sip.example.com", ", stale=true");
  }
  EXPECT_EQ(outcome.code, Errc::kAuth);
  EXPECT_LE(sent_count(), 5u);
}

TEST_F(UserAgentRouting, WeakerChallengeThanBeforeIsAnsweredOverAnotherSocketOnly) {
  Outcome strong, weak, other;
  send_agent_message(strong);
  challenge(401, "n1", "sip.example.com", ", algorithm=SHA-256");
  reply(200);
  send_agent_message(weak);
  challenge(401, "n2");
  EXPECT_EQ(weak.code, Errc::kAuth);
  lose_socket();
  connect();
  send_agent_message(other);
  challenge(401, "n3");
  reply(200);
  EXPECT_EQ(other.texts, std::vector<std::string>{"200 OK"});
}

TEST_F(UserAgentRouting, ForeignRealmIsNeverAnswered) {
  Outcome outcome;
  send_agent_message(outcome);
  challenge(407, "n1", "SIP.example.com.evil.net");
  EXPECT_EQ(conversation(), "-> MESSAGE\n<- 407 MESSAGE\n");
  EXPECT_EQ(outcome.code, Errc::kProtocol);
}

TEST_F(UserAgentRouting, RequestAlwaysEnds) {
  Outcome silent, lost, offline, refused, bad;
  send_agent_message(silent);
  clock_.advance(32s);
  EXPECT_EQ(silent.code, Errc::kTimeout);
  send_agent_message(refused);
  reply(603);
  EXPECT_EQ(refused.texts, std::vector<std::string>{"603 Decline"});
  EXPECT_EQ(refused.code, Errc::kRejected);
  send_agent_message(lost);
  lose_socket();
  EXPECT_TRUE(lost.texts.empty());
  send_agent_message(offline);
  settle();
  EXPECT_EQ(lost.code, Errc::kNetwork);
  EXPECT_EQ(offline.code, Errc::kNetwork);
  user_agent_->send_request({"MESSAGE", "996016", "", "", "", {}}, bad.callback());
  settle();
  EXPECT_EQ(bad.code, Errc::kConfig);
  clock_.advance(1h);
  for (const auto* outcome : {&silent, &lost, &offline, &refused, &bad}) {
    EXPECT_EQ(outcome->texts.size(), 1u);
  }
}

TEST_F(UserAgentRouting, DestructionIsSilent) {
  Outcome outcome;
  send_agent_message(outcome);
  user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  user_agent_.reset();
  clock_.advance(1h);
  EXPECT_TRUE(outcome.texts.empty());
  EXPECT_EQ(notes_.take(), "");
  EXPECT_EQ(clock_.pending(), 0u);
}

TEST_F(UserAgentRouting, BranchesAndTagsAreNeverUsedTwice) {
  std::set<std::string> branches, tags;
  for (int i = 0; i < 50; ++i) {
    Outcome outcome;
    send_agent_message(outcome);
    EXPECT_TRUE(branches.insert(last().top_via()->branch()).second);
    EXPECT_TRUE(tags.insert(last().from_tag()).second);
    EXPECT_TRUE(last().top_via()->branch().starts_with("z9hG4bK"));
    reply(200);
  }
}

}  // namespace
}  // namespace rc::sip
