// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/dialog.h"

#include <gtest/gtest.h>

namespace rc::sip {
namespace {

Message invite() {
  Message message = Message::request("INVITE", Uri{});
  message.set_request_uri("sip:bob@example.com");
  message.add("Via", "SIP/2.0/WSS a.invalid;branch=z9hG4bKa");
  message.add("From", "\"Alice, A.\" <sip:alice@example.com>;x=1;tag=alice");
  message.add("To", "<sip:bob@example.com>");
  message.add("Call-ID", "call");
  message.add("Contact", "<sip:alice@192.0.2.1>");
  message.set_cseq({7, "INVITE"});
  return message;
}

Message ok(const std::string& tag = "bob") {
  Message response = response_to(invite(), 200, tag);
  response.add("Contact", "<sip:bob@192.0.2.2;transport=wss>");
  return response;
}

TEST(Dialog, OfTheCallerSendsToTheContactOfTheAnswer) {
  Dialog dialog = Dialog::caller(invite(), ok());
  const Message bye = dialog.make_request("BYE");
  EXPECT_EQ(bye.request_uri(), "sip:bob@192.0.2.2;transport=wss");
  EXPECT_EQ(bye.header("From"), "\"Alice, A.\" <sip:alice@example.com>;x=1;tag=alice");
  EXPECT_EQ(bye.to_tag(), "bob");
  EXPECT_EQ(bye.call_id(), "call");
  EXPECT_EQ(bye.cseq()->number, 8u);
  EXPECT_EQ(bye.header("Max-Forwards"), "70");
  EXPECT_TRUE(dialog.call_id_is_ours());
}

TEST(Dialog, OfTheCalleeTurnsFromAndToAround) {
  Dialog dialog = Dialog::callee(invite(), "bob");
  const Message bye = dialog.make_request("BYE");
  EXPECT_EQ(bye.request_uri(), "sip:alice@192.0.2.1");
  EXPECT_EQ(bye.header("To"), "\"Alice, A.\" <sip:alice@example.com>;x=1;tag=alice");
  EXPECT_EQ(bye.header("From"), "<sip:bob@example.com>;tag=bob");
  EXPECT_FALSE(dialog.call_id_is_ours());
}

TEST(Dialog, AStarIsNoContactToSendTo) {
  Message request = invite();
  request.set("Contact", "*");
  EXPECT_EQ(Dialog::callee(request, "bob").make_request("BYE").request_uri(),
            "sip:alice@example.com");
}

TEST(Dialog, WithoutContactSendsToTheAddress) {
  Message request = invite();
  request.remove("Contact");
  EXPECT_EQ(Dialog::callee(request, "bob").remote_target(), "sip:alice@example.com");
  Message response = ok();
  response.remove("Contact");
  EXPECT_EQ(Dialog::caller(invite(), response).remote_target(), "sip:bob@example.com");
}

TEST(Dialog, CallerTakesRecordRouteReversedAcrossLines) {
  Message response = ok();
  response.add("Record-Route", "<sip:p1;lr>, <sip:p2;lr>");
  response.add("Record-Route", "<sip:p3;lr>");
  const Message bye = Dialog::caller(invite(), response).make_request("BYE");
  EXPECT_EQ(bye.headers("Route"),
            (std::vector<std::string_view>{"<sip:p3;lr>", "<sip:p2;lr>", "<sip:p1;lr>"}));
  EXPECT_EQ(bye.request_uri(), "sip:bob@192.0.2.2;transport=wss");
}

TEST(Dialog, CalleeTakesRecordRouteInOrder) {
  Message request = invite();
  request.add("Record-Route", "<sip:p1;lr>");
  request.add("Record-Route", "<sip:p2;lr>");
  const Message bye = Dialog::callee(request, "bob").make_request("BYE");
  EXPECT_EQ(bye.headers("Route"), (std::vector<std::string_view>{"<sip:p1;lr>", "<sip:p2;lr>"}));
}

TEST(Dialog, StrictRouterTakesTheRequestUri) {
  Message request = invite();
  request.add("Record-Route", "<sip:strict.example.com>");
  request.add("Record-Route", "<sip:p2;lr>");
  const Message bye = Dialog::callee(request, "bob").make_request("BYE");
  EXPECT_EQ(bye.request_uri(), "sip:strict.example.com");
  EXPECT_EQ(bye.headers("Route"),
            (std::vector<std::string_view>{"<sip:p2;lr>", "<sip:alice@192.0.2.1>"}));
}

TEST(Dialog, AckHasTheNumberOfItsInvite) {
  Dialog dialog = Dialog::caller(invite(), ok());
  dialog.make_request("INFO");
  const Message ack = dialog.make_ack(7);
  EXPECT_EQ(ack.cseq()->number, 7u);
  EXPECT_EQ(ack.cseq()->method, "ACK");
  EXPECT_EQ(dialog.make_request("BYE").cseq()->number, 9u);
}

TEST(Dialog, LowerNumbersAreOutOfOrderAndGapsAreNot) {
  Dialog dialog = Dialog::callee(invite(), "bob");
  Message info = invite();
  info.set_cseq({20, "INFO"});
  EXPECT_TRUE(dialog.take_cseq(info));
  info.set_cseq({19, "INFO"});
  EXPECT_FALSE(dialog.take_cseq(info));
  info.set_cseq({21, "INFO"});
  EXPECT_TRUE(dialog.take_cseq(info));
}

TEST(Dialog, ConfirmMovesToTheForkThatAnsweredAndCountsOn) {
  Dialog dialog = Dialog::caller(invite(), response_to(invite(), 183, "first"));
  EXPECT_EQ(dialog.remote_target(), "sip:bob@example.com");
  dialog.make_request("INFO");
  Message second = ok("second");
  second.add("Record-Route", "<sip:p1;lr>");
  dialog.confirm(invite(), second);
  EXPECT_EQ(dialog.remote_tag(), "second");
  EXPECT_EQ(dialog.route_set(), std::vector<std::string>{"<sip:p1;lr>"});
  EXPECT_EQ(dialog.make_request("BYE").cseq()->number, 9u);
}

TEST(Dialog, TargetRefreshKeepsTheRoute) {
  Message request = invite();
  request.add("Record-Route", "<sip:p1;lr>");
  Dialog dialog = Dialog::callee(request, "bob");
  Message update = invite();
  update.set("Contact", "<sip:alice@203.0.113.9>");
  update.set("Record-Route", "<sip:other;lr>");
  dialog.refresh_target(update);
  const Message bye = dialog.make_request("BYE");
  EXPECT_EQ(bye.request_uri(), "sip:alice@203.0.113.9");
  EXPECT_EQ(bye.header("Route"), "<sip:p1;lr>");
  update.remove("Contact");
  dialog.refresh_target(update);
  EXPECT_EQ(dialog.remote_target(), "sip:alice@203.0.113.9");
}

TEST(Dialog, PeerWithoutTagIsServed) {
  Dialog dialog = Dialog::caller(invite(), response_to(invite(), 200, ""));
  EXPECT_EQ(dialog.remote_tag(), "");
  EXPECT_EQ(dialog.make_request("BYE").to_tag(), "");
}

}  // namespace
}  // namespace rc::sip
