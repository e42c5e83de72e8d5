// SPDX-License-Identifier: LGPL-2.1-or-later
// Somebody sends far too much: each request is answered once and at once, what it costs is bounded,
// and the call that stands goes on.
#include <gtest/gtest.h>
#include <malloc.h>

#include <map>

#include "fakes/fake_clock.h"
#include "sip/transaction_layer.h"
#include "sip/user_agent.h"
#include "sip/user_agent_core.h"

namespace rc::sip {
namespace {

using namespace std::chrono_literals;

constexpr int kFlood = 10'000;

// Counts what we answer, and keeps nothing.
class Scales : public Transport {
 public:
  void open(Listener*) override {}
  void send(std::string message) override {
    if (!message.starts_with("SIP/2.0 ")) return;
    ++answers[std::stoi(message.substr(8, 3))];
  }
  void close() override {}
  bool is_open() const override { return true; }

  std::map<int, int> answers;  // how many of each status
};

class Flood : public ::testing::Test, public UserAgent::Listener {
 protected:
  Flood() : user_agent_(clock_, options(), this) {
    user_agent_.attach(scales_);
    send("INVITE", "standing");
    standing_ = incoming_;
    standing_->accept("v=0 answer");
    send("ACK", "standing", tag(), 1);
    scales_.answers.clear();
  }
  static UserAgent::Options options() {
    UserAgent::Options options;
    options.account = {"12025550115*115", "sip.example.com", "", "8023", "S3CR3T"};
    options.product = "gst-ringcentral/test";
    return options;
  }
  std::string tag() const { return ";tag=" + standing_->local_tag(); }

  // A request of theirs; `cseq` 0: the next one. Outside dialogs without to_tag.
  void send(const std::string& method, const std::string& call_id, const std::string& to_tag = {},
            int cseq = 0, const std::string& more = {}) {
    const std::string number = std::to_string(cseq == 0 ? ++cseq_ : cseq);
    const std::string body = method == "INVITE" ? "v=0 offer" : "";
    user_agent_.receive(
        method + " sip:us@x.invalid SIP/2.0\r\nVia: SIP/2.0/WSS 198.51.100.73;branch=z9hG4bK" +
        std::to_string(++branch_) + "\r\nFrom: <sip:them@far.example>;tag=them\r\nTo: <sip:us@x>" +
        to_tag + "\r\nCall-ID: " + call_id + "\r\nCSeq: " + number + " " + method +
        "\r\nMax-Forwards: 9\r\nContact: <sip:them@far.example>\r\n" + more +
        (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
        "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
  // The answers since the last call: "486 x 9992".
  std::string answers() {
    std::string text;
    for (const auto& [status, count] : std::exchange(scales_.answers, {})) {
      text += (text.empty() ? "" : ", ") + std::to_string(status) + " x " + std::to_string(count);
    }
    return text;
  }
  void expect_that_the_call_works() {
    const auto before = std::exchange(scales_.answers, {});
    send("INFO", "standing", tag());
    EXPECT_EQ(answers(), "200 x 1");
    scales_.answers = before;
  }
  size_t transactions() { return user_agent_.core()->transactions().size(); }

  void on_invite(std::shared_ptr<InviteSession> session) override {
    session->set_listener(&ear_);
    session->ring();
    incoming_ = std::move(session);
  }
  void on_message(const Message&) override {}
  void on_check_sync() override {}

  struct Ear : InviteSession::Listener {
    void on_reoffer(const Message&) override { ++offers; }
    void on_ended(const EndReason&) override { ++ended; }
    int offers = 0, ended = 0;
  };

  fakes::FakeClock clock_;
  Scales scales_;
  Ear ear_;
  UserAgent user_agent_;
  std::shared_ptr<InviteSession> incoming_, standing_;
  int cseq_ = 0, branch_ = 0;
};

TEST_F(Flood, OfInvitesRingsEightTimesAndCostsNoMemory) {
  const size_t heap = mallinfo2().uordblks;
  for (int i = 0; i < kFlood; ++i) {
    send("INVITE", "flood-" + std::to_string(i));
    clock_.advance(1ms);
    ASSERT_LE(user_agent_.sessions(), 9u);
    ASSERT_LE(transactions(), 10u);
    if (i % 1000 == 0) expect_that_the_call_works();
  }
  EXPECT_EQ(answers(), "100 x 8, 180 x 8, 486 x 9992");
  EXPECT_LT(mallinfo2().uordblks, heap + 256 * 1024);
  send("BYE", "standing", tag());
  EXPECT_EQ(answers(), "200 x 1");
  EXPECT_EQ(ear_.ended, 1);
}

TEST_F(Flood, OfInvitesIsOverWhenTheRingingIs) {
  for (int i = 0; i < 100; ++i) send("INVITE", "flood-" + std::to_string(i));
  clock_.advance(180s);
  EXPECT_EQ(ear_.ended, 8);
  answers();
  send("INVITE", "wanted");
  EXPECT_EQ(answers(), "100 x 1, 180 x 1");
}

// Each refusal of an INVITE stays for its ACK for 32 s: they may not fill the table.
TEST_F(Flood, OfRefusedInvitesLeavesRoomForTheCall) {
  for (int i = 0; i < kFlood; ++i) {
    send("INVITE", "flood-" + std::to_string(i), {}, 0, "Require: frob\r\n");
    ASSERT_LE(transactions(), TransactionLayer::kMaxServer);
    if (i % 1000 == 999) expect_that_the_call_works();
  }
  EXPECT_EQ(answers(), "420 x 10000");
}

TEST_F(Flood, OfInvitesInUnknownDialogsLeavesRoomForTheCall) {
  for (int i = 0; i < kFlood; ++i) {
    send("INVITE", "flood-" + std::to_string(i), ";tag=nobody");
    if (i % 1000 == 999) expect_that_the_call_works();
  }
  EXPECT_EQ(answers(), "481 x 10000");
}

TEST_F(Flood, OfRequestsOutsideDialogsIsAnswered) {
  for (int i = 0; i < kFlood; ++i) {
    constexpr const char* kMethods[] = {"BYE", "INFO", "MESSAGE", "OPTIONS", "NOTIFY"};
    send(kMethods[i % 5], "flood-" + std::to_string(i));
    ASSERT_LE(transactions(), 2u);
  }
  EXPECT_EQ(answers(), "200 x 4000, 481 x 6000");
  expect_that_the_call_works();
}

TEST_F(Flood, OfReinvitesIsAnsweredOneByOne) {
  for (int i = 0; i < 1000; ++i) {
    send("INVITE", "standing", tag());
    standing_->accept("v=0 answer");
    send("ACK", "standing", tag(), cseq_);
    clock_.advance(1ms);
    ASSERT_LE(transactions(), TransactionLayer::kMaxServer);
  }
  EXPECT_EQ(answers(), "100 x 1000, 200 x 1000");
  EXPECT_EQ(ear_.offers, 1000);
  clock_.advance(60s);
  EXPECT_EQ(answers(), "");
  expect_that_the_call_works();
}

TEST_F(Flood, OfReinvitesThatDoNotWaitIsRefused) {
  for (int i = 0; i < 1000; ++i) send("INVITE", "standing", tag());
  EXPECT_EQ(answers(), "100 x 1, 500 x 999");
  EXPECT_EQ(ear_.offers, 1);
  expect_that_the_call_works();
  standing_->accept("v=0 answer");
  EXPECT_EQ(answers(), "200 x 1");
}

TEST_F(Flood, OfRepeatsIsNoSecondAnswer) {
  for (int i = 0; i < 1000; ++i) send("INVITE", "standing", tag(), 5);
  EXPECT_EQ(answers(), "100 x 1, 482 x 999");  // the same number by other ways
  standing_->accept("v=0 answer");
  EXPECT_EQ(answers(), "200 x 1");
  EXPECT_EQ(ear_.offers, 1);
}

}  // namespace
}  // namespace rc::sip
