// SPDX-License-Identifier: LGPL-2.1-or-later
// What is refused before anybody hears of it: scheme, extensions, body, kind of answer (RFC
// 3261 8.2).
#include "user_agent_fixture.h"

namespace rc::sip {
namespace {

class Refusals : public UserAgentTest {
 protected:
  int status_with(const std::string& header, const std::string& value) {
    incoming_.reset();
    Message invite = server_invite();
    invite.set(header, value);
    deliver(invite);
    const int status = last().status();
    if (incoming_) incoming_->end();
    settle();
    return status;
  }
  int status_of_body(const std::string& type, const std::string& body,
                     const std::string& disposition = "") {
    incoming_.reset();
    Message invite = server_invite("");
    invite.set_body(type, body);
    if (!disposition.empty()) invite.set("Content-Disposition", disposition);
    deliver(invite);
    const int status = last().status();
    if (incoming_) incoming_->end();
    settle();
    return status;
  }
};

TEST_F(Refusals, OtherSchemesAre416) {
  for (const char* target : {"tel:+12025550115", "soap.beep://192.0.2.1:3002", "nobody:knows"}) {
    Message options = server_request("OPTIONS");
    options.set_request_uri(target);
    deliver(options);
    EXPECT_EQ(last().status(), 416) << target;
  }
  Message secure = server_request("OPTIONS");
  secure.set_request_uri("sips:client@x.invalid");
  deliver(secure);
  EXPECT_EQ(last().status(), 200);
}

TEST_F(Refusals, AnswerThatNobodyCanReadIs406) {
  EXPECT_EQ(status_with("Accept", "text/plain, application/isup"), 406);
  EXPECT_EQ(incoming_, nullptr);
  EXPECT_EQ(status_with("Accept", ""), 406);
  for (const char* good : {"application/SDP;level=1", "text/plain, application/*", "*/*;q=0.1"}) {
    EXPECT_EQ(status_with("Accept", good), 100) << good;
  }
}

TEST_F(Refusals, BodyThatWeCannotReadIs415WithWhatWeCan) {
  EXPECT_EQ(status_of_body("application/isup", "x"), 415);
  EXPECT_TRUE(last().has_token("Accept", "application/sdp"));
  EXPECT_EQ(last().header("Accept-Encoding"), "identity");
  EXPECT_EQ(incoming_, nullptr);
  EXPECT_EQ(status_with("Content-Encoding", "gzip"), 415);
  EXPECT_EQ(status_with("Content-Encoding", "identity"), 100);
  EXPECT_EQ(status_with("Content-Disposition", "icon"), 415);
}

TEST_F(Refusals, BodyThatMayBeIgnoredIs) {
  EXPECT_EQ(status_of_body("image/png", "x", "icon;handling=optional"), 100);
  EXPECT_EQ(status_of_body("image/png", "x", "icon;handling=required"), 415);
}

TEST_F(Refusals, PartThatMustBeUnderstoodIs415) {
  const auto body = [](const char* handling) {
    return "--b\r\nContent-Type: application/isup\r\nContent-Disposition: signal" +
           std::string(handling) +
           "\r\n\r\nx\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--\r\n";
  };
  const char* type = "multipart/mixed;boundary=b";
  EXPECT_EQ(status_of_body(type, body(";handling=optional")), 100);
  EXPECT_EQ(status_of_body(type, body(";handling=required")), 415);
  EXPECT_EQ(status_of_body(type, body("")), 415);  // required is the default (20.11)
  EXPECT_EQ(status_of_body(type, "no parts at all"), 415);
}

TEST_F(Refusals, InviteWithinADialogIsLookedAtToo) {
  const auto session = established_inbound();
  Message reinvite = server_request("INVITE", session.get());
  reinvite.set_body("text/plain", "x");
  deliver(reinvite);
  EXPECT_EQ(last().status(), 415);
  EXPECT_EQ(notes_.take(), "");
}

TEST_F(Refusals, OfferInAMultipartIsNoLateOffer) {
  Message invite = server_invite("");
  invite.set_body("multipart/alternative;boundary=b",
                  "--b\r\n\r\nlook\r\n--b\r\nContent-Type: application/sdp\r\n\r\nv=0\r\n--b--");
  deliver(invite);
  ASSERT_NE(incoming_, nullptr);
  EXPECT_EQ(incoming_->invite().sdp(), "v=0");
  incoming_->accept(kAnswer);
  deliver(server_ack(invite));
  Outcome outcome;
  incoming_->reinvite(kOffer, outcome.callback());  // no answer is owed, so a new offer may go out
  EXPECT_EQ(last().method(), "INVITE");
}

}  // namespace
}  // namespace rc::sip
