// SPDX-License-Identifier: LGPL-2.1-or-later
#include "user_agent_fixture.h"

#include <utility>

#include "sip/parser.h"

namespace rc::sip {
namespace {

UserAgent::Options options() {
  UserAgent::Options options;
  options.account = {"12025550115*115", "sip.example.com", "", "802398804016", "secret"};
  options.product = "gst-ringcentral/test";
  options.max_sessions = 3;
  return options;
}

std::string line_of(const Message& message) {
  if (message.is_request()) return message.method() + "\n";
  return std::to_string(message.status()) + " " + message.cseq()->method + "\n";
}

}  // namespace

UserAgentTest::UserAgentTest() : user_agent_(std::make_unique<UserAgent>(clock_, options(), this)) {
  connect();
}

UserAgentTest::~UserAgentTest() { collect(); }

void UserAgentTest::connect() {
  transport_ = std::make_unique<fakes::FakeTransport>();
  taken_ = 0;
  transport_->open(this);
  transport_->accept();
  user_agent_->attach(*transport_);
}

void UserAgentTest::lose_socket() {
  collect();
  transport_->lose({Errc::kNetwork, "connection reset"});
}

void UserAgentTest::on_message(std::string_view bytes) { user_agent_->receive(bytes); }

void UserAgentTest::collect() {
  const auto& texts = transport_->sent();
  for (; taken_ < texts.size(); ++taken_) {
    const Parsed parsed = parse_message(texts[taken_]);
    EXPECT_TRUE(parsed.ok()) << parsed.fault->text << "\n" << texts[taken_];
    sent_.push_back(parsed.message);
    conversation_ += "-> " + line_of(parsed.message);
  }
}

std::string UserAgentTest::conversation() {
  collect();
  return std::exchange(conversation_, {});
}

const Message& UserAgentTest::last() const {
  const_cast<UserAgentTest*>(this)->collect();
  return sent_.back();
}

const Message& UserAgentTest::last(const std::string& method) const {
  const_cast<UserAgentTest*>(this)->collect();
  for (size_t i = sent_.size(); i-- > 0;) {
    if (sent_[i].method() == method) return sent_[i];
  }
  ADD_FAILURE() << "no " << method << " was sent";
  return sent_.back();
}

void UserAgentTest::deliver(const Message& message) {
  collect();
  conversation_ += "<- " + line_of(message);
  transport_->deliver(message.to_bytes());
}

void UserAgentTest::deliver_text(std::string text) {
  for (size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2) {
    text.replace(at, 1, "\r\n");
  }
  collect();
  transport_->deliver(text);
}

void UserAgentTest::reply(int status, const std::string& body, const std::string& to_tag) {
  collect();
  for (size_t i = sent_.size(); i-- > 0;) {
    if (sent_[i].is_request() && sent_[i].method() != "ACK") {
      return reply_to(Message(sent_[i]), status, body, to_tag);
    }
  }
}

void UserAgentTest::reply_to(const Message& request, int status, const std::string& body,
                             const std::string& to_tag) {
  Message response = response_to(request, status, to_tag);
  if (request.method() == "INVITE" && status > 100 && status < 300) {
    response.set("Contact", "<sip:server@198.51.100.73:8083;transport=wss>");
  }
  if (!body.empty()) response.set_body("application/sdp", body);
  deliver(response);
}

void UserAgentTest::challenge(int status, const std::string& nonce, const std::string& realm,
                              const std::string& more) {
  collect();
  Message request = sent_.back();
  Message response = response_to(request, status, "challenger");
  response.set(status == 401 ? "Www-Authenticate" : "Proxy-Authenticate",
               "Digest realm=\"" + realm + "\", nonce=\"" + nonce + "\"" + more);
  deliver(response);
}

Message UserAgentTest::server_request(const std::string& method, const InviteSession* session) {
  Message request = Message::request(method, Uri{});
  request.set_request_uri("sip:client@x.invalid;transport=ws");
  request.add("Via", "SIP/2.0/WSS 198.51.100.73:8083;rport;branch=z9hG4bKserver" +
                         std::to_string(++branch_));
  request.add("Max-Forwards", "67");
  request.add("From", "<sip:+12025550166@198.51.100.165>;tag=" +
                          (session ? session->remote_tag() : std::string("caller")));
  request.add("To", "<sip:12025550115*115@203.0.113.154>" +
                        (session ? ";tag=" + session->local_tag() : std::string()));
  request.add("Call-Id", session ? session->call_id() : "call-" + std::to_string(branch_));
  request.set_cseq({++cseq_, method});
  return request;
}

Message UserAgentTest::server_invite(const std::string& body) {
  Message invite = server_request("INVITE");
  invite.add("Contact", "<sip:+12025550166@198.51.100.165:8083;transport=wss>");
  if (!body.empty()) invite.set_body("application/sdp", body);
  return invite;
}

Message UserAgentTest::server_ack(const Message& invite, const std::string& body) {
  collect();
  Message ack = invite;
  for (size_t i = sent_.size(); i-- > 0;) {
    if (sent_[i].is_response() && sent_[i].cseq()->method == "INVITE") {
      ack = Message::request("ACK", Uri{});
      ack.set_request_uri(invite.request_uri());
      const bool success = sent_[i].is_success();
      ack.add("Via", success ? "SIP/2.0/WSS 198.51.100.73:8083;branch=z9hG4bKserver" +
                                   std::to_string(++branch_)
                             : std::string(*invite.header("Via")));
      ack.add("Max-Forwards", "67");
      ack.add("From", *invite.header("From"));
      ack.add("To", *sent_[i].header("To"));
      break;
    }
  }
  ack.add("Call-Id", invite.call_id());
  ack.set_cseq({invite.cseq()->number, "ACK"});
  if (!body.empty()) ack.set_body("application/sdp", body);
  return ack;
}

Message UserAgentTest::server_cancel(const Message& invite) {
  Message cancel = Message::request("CANCEL", Uri{});
  cancel.set_request_uri(invite.request_uri());
  for (const auto* name : {"Via", "Max-Forwards", "From", "To", "Call-ID"}) {
    cancel.add(name, *invite.header(name));
  }
  cancel.set_cseq({invite.cseq()->number, "CANCEL"});
  return cancel;
}

void UserAgentTest::on_invite(std::shared_ptr<InviteSession> session) {
  if (take_invites_) session->set_listener(&notes_);
  incoming_ = std::move(session);
}

std::shared_ptr<InviteSession> UserAgentTest::established_outbound() {
  auto session = user_agent_->invite({"sip:12025550100@sip.example.com", kOffer, {}}, &notes_);
  reply(200, kAnswer);
  conversation();
  notes_.take();
  return session;
}

std::shared_ptr<InviteSession> UserAgentTest::established_inbound() {
  const Message invite = server_invite();
  deliver(invite);
  incoming_->accept(kAnswer);
  deliver(server_ack(invite));
  conversation();
  notes_.take();
  return incoming_;
}

}  // namespace rc::sip
