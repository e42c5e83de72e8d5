// SPDX-License-Identifier: LGPL-2.1-or-later
#include "line_fixture.h"

#include <algorithm>
#include <set>
#include <stdexcept>

#include "sip/parser.h"

namespace rc::call {
namespace {

using sip::Message;

constexpr const char* kServerTag = "srv";

Message request_to_us(const std::string& method) {
  Message request = Message::request(method, sip::Uri{});
  request.set_request_uri("sip:client@x.invalid;transport=ws");
  request.add("Max-Forwards", "67");
  return request;
}

std::string line_of(const Message& message) {
  if (message.is_request()) return message.method() + "\n";
  return std::to_string(message.status()) + " " + message.cseq()->method + "\n";
}

LineOptions changed_options(const std::function<void(LineOptions&)>& change) {
  LineOptions options;
  if (change) change(options);
  return options;
}

}  // namespace

LineTest::LineTest(const Change& change_options)
    : line_(clock_, changed_options(change_options), this) {
  clock_.advance(1h);  // a wall clock of zero stands for "not yet"
  sip::UserAgent::Options agent;
  agent.account = {"12025550115*115", "sip.example.com", "", "802398804016", "secret"};
  agent.product = "gst-ringcentral/test";
  line_.use_account(agent, {media_.factory(), {"stun.example.com:19302"}, "127.0.0.1"});
  transport_ = std::make_unique<fakes::FakeTransport>();
  new_socket();
}

LineTest::~LineTest() = default;

void LineTest::TearDown() {
  when_told_ = nullptr;
  line_.hang_up_all("the test is over");
  settle();
  collect();
  EXPECT_TRUE(media_.alive.empty()) << "a call's media outlives it";
  std::set<std::string> ended;
  for (const CallInfo& call : told_) {
    EXPECT_FALSE(ended.contains(call.id)) << to_string(call.state) << " told after the end";
    if (call.state != CallState::kEnded) continue;
    ended.insert(call.id);
    EXPECT_NE(call.ended_by, EndedBy::kNobody);
    EXPECT_FALSE(call.reason.empty());
    EXPECT_NE(call.ended_at.time_since_epoch().count(), 0);
  }
  for (const CallInfo& call : told_) EXPECT_TRUE(ended.contains(call.id)) << "never ended";
}

// --- the server ---

std::string LineTest::new_branch() {
  return "SIP/2.0/WSS 198.51.100.73:8083;rport;branch=z9hG4bKserver" + std::to_string(++branches_);
}

Message LineTest::new_invite(const std::string& body) {
  Message invite = request_to_us("INVITE");
  invite.add("Via", new_branch());
  invite.add("From", "\"WIRELESS CALLER\" <sip:+12025550166@198.51.100.165>;tag=caller");
  invite.add("To", "\"WIRELESS CALLER\" <sip:12025550115*115@203.0.113.154>");
  invite.add("Call-Id", "call-" + std::to_string(branches_));
  invite.set_cseq({++cseq_, "INVITE"});
  invite.add("Contact", "<sip:+12025550166@198.51.100.165:8083;transport=wss>");
  invite.add("p-rc-api-ids", "party-id=p-33f727da-2;session-id=s-33f727da");
  invite.add("p-rc-api-call-info", "callAttributes=reject,send-vm;queueName=Sales");
  invite.add("P-rc", kAgentHeader);
  if (!body.empty()) invite.set_body("application/sdp", body);
  return invite;
}

Message LineTest::invite(const std::string& body) {
  Message invite = new_invite(body);
  deliver(invite);
  settle();
  return invite;
}

void LineTest::ack(const Message& invite, const std::string& body) {
  Message ack = request_to_us("ACK");
  ack.add("Via", new_branch());
  ack.add("From", *invite.header("From"));
  ack.add("To", *last_response().header("To"));
  ack.add("Call-Id", invite.call_id());
  ack.set_cseq({invite.cseq()->number, "ACK"});
  if (!body.empty()) ack.set_body("application/sdp", body);
  deliver(ack);
}

void LineTest::cancel(const Message& invite) {
  Message cancel = request_to_us("CANCEL");
  for (const auto* name : {"Via", "From", "To", "Call-ID"}) cancel.add(name, *invite.header(name));
  cancel.set_cseq({invite.cseq()->number, "CANCEL"});
  deliver(cancel);
  settle();
}

void LineTest::request_of(const Message& invite, const std::string& method,
                          const std::string& body) {
  const bool theirs = invite.from_tag() == "caller";
  std::string to(*invite.header(theirs ? "To" : "From"));
  if (theirs) {
    for (const Message& message : sent_)
      if (message.is_response() && message.call_id() == invite.call_id() && message.status() > 100)
        to = *message.header("To");
  }
  Message request = request_to_us(method);
  request.add("Via", new_branch());
  request.add("From", theirs ? std::string(*invite.header("From"))
                             : std::string(*invite.header("To")) + ";tag=" + kServerTag);
  request.add("To", to);
  request.add("Call-Id", invite.call_id());
  request.set_cseq({++cseq_, method});
  if (method == "INVITE") request.add("Contact", "<sip:server@198.51.100.73:8083;transport=wss>");
  if (!body.empty()) request.set_body("application/sdp", body);
  deliver(request);
  settle();
}

void LineTest::reply(const Message& request, int status, const std::string& body,
                     const sip::ExtraHeaders& headers) {
  Message response = response_to(request, status, kServerTag);
  if (request.method() == "INVITE" && status > 100 && status < 300)
    response.set("Contact", "<sip:server@198.51.100.73:8083;transport=wss>");
  for (const auto& [name, value] : headers) response.add(name, value);
  if (!body.empty()) response.set_body("application/sdp", body);
  deliver(response);
  settle();
}

void LineTest::deliver(const Message& message) {
  collect();
  conversation_ += "<- " + line_of(message);
  transport_->deliver(message.to_bytes());
}

void LineTest::lose_socket() {
  line_.set_ready(false);
  transport_->lose({Errc::kNetwork, "reset by peer"});
  settle();
}

void LineTest::new_socket() {
  transport_->open(this);
  transport_->accept();
  line_.user_agent()->attach(*transport_);
  line_.set_ready(true);
  settle();
}

// --- our side ---

void LineTest::collect() {
  const auto& texts = transport_->sent();
  for (size_t i = sent_.size(); i < texts.size(); ++i) {
    const sip::Parsed parsed = sip::parse_message(texts[i]);
    EXPECT_TRUE(parsed.ok()) << parsed.fault->text << "\n" << texts[i];
    sent_.push_back(parsed.message);
    conversation_ += "-> " + line_of(parsed.message);
  }
}

std::string LineTest::conversation() {
  collect();
  return std::exchange(conversation_, {});
}

Message LineTest::sent(const std::string& method) {
  collect();
  for (size_t i = sent_.size(); i-- > 0;)
    if (sent_[i].method() == method) return sent_[i];
  throw std::runtime_error("no " + method + " was sent");
}

Message LineTest::last_response() {
  collect();
  for (size_t i = sent_.size(); i-- > 0;)
    if (sent_[i].is_response()) return sent_[i];
  throw std::runtime_error("no response was sent");
}

int LineTest::sent_count(const std::string& method) {
  collect();
  return static_cast<int>(std::count_if(sent_.begin(), sent_.end(),
                                        [&](const Message& m) { return m.method() == method; }));
}

std::string LineTest::last_agent_command() {
  const auto message = AgentMessage::parse(sent("MESSAGE").body());
  return message ? std::to_string(message->command) : "not an agent message";
}

std::shared_ptr<PipelineEnd> LineTest::add_seat(const std::string& id, int calls,
                                                const std::string& number) {
  auto end = std::make_shared<PipelineEnd>();
  SeatOptions options;
  options.id = id;
  options.receiver = end->receiver;
  options.listener = end;
  options.receive_rate = 24000;
  options.dial = number;
  options.calls = calls;
  line_.add_seat(std::move(options));
  settle();
  return end;
}

std::shared_ptr<PipelineEnd> LineTest::add_seat_for(const std::string& call, int rate) {
  auto end = std::make_shared<PipelineEnd>();
  SeatOptions options;
  options.id = "seat of " + call;
  options.receiver = end->receiver;
  options.listener = end;
  options.receive_rate = rate;
  options.call = call;
  options.calls = 1;
  line_.add_seat(std::move(options));
  settle();
  return end;
}

std::shared_ptr<PipelineEnd> LineTest::add_speaker(const std::string& id, const std::string& seat,
                                                   const std::string& call) {
  auto end = std::make_shared<PipelineEnd>();
  line_.add_speaker({id, seat, call, end->source, end});
  return end;
}

Line::Done LineTest::note_outcome(std::string& into) {
  into = "never called";
  return [&into](const Result<void>& result) { into = result.ok() ? "" : result.error().message; };
}

std::string LineTest::answer(std::string id) {
  std::string outcome;
  line_.answer(id, note_outcome(outcome));
  settle();
  return outcome;
}

std::string LineTest::decline(std::string id) {
  std::string outcome;
  line_.decline(id, note_outcome(outcome));
  return outcome;
}

std::string LineTest::hang_up(std::string id) {
  std::string outcome;
  line_.hang_up(id, note_outcome(outcome));
  settle();
  return outcome;
}

std::string LineTest::dial(const std::string& number) {
  std::string outcome;
  line_.dial(Line::new_call_id(), number, {}, note_outcome(outcome));
  settle();
  return outcome;
}

Message LineTest::connected_inbound() {
  const Message invite = this->invite();
  if (last().state == CallState::kRinging) answer(last().id);
  ack(invite);
  media_.last().connect();
  conversation();
  media_.take_log();
  return invite;
}

Message LineTest::connected_outbound() {
  EXPECT_EQ(dial("+1 (202) 555-0100"), "");
  const Message invite = sent("INVITE");
  reply(invite, 200, kAnswer);
  media_.last().connect();
  conversation();
  media_.take_log();
  return invite;
}

std::string LineTest::story(const std::string& id) const {
  std::string states;
  for (const CallInfo& call : told_)
    if (call.id == id) states += std::string(states.empty() ? "" : " ") + to_string(call.state);
  return states;
}

void LineTest::on_call(const CallInfo& call) {
  told_.push_back(call);
  if (when_told_) when_told_(call);
}

void LineTest::on_stats(const CallInfo& call, const CallStats& stats) {
  EXPECT_EQ(call.id, stats.call_id);
  counted_.push_back(stats);
}

bool LineTest::on_call_received(const CallInfo&) { return take_calls_; }

bool LineTest::on_seat_wanted(const CallInfo& call) {
  wanted_.push_back(call.id);
  return bring_seats_;
}

}  // namespace rc::call
