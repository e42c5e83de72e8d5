// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call_flow.h"

#include <functional>
#include <map>
#include <sstream>

#include "core/text.h"

namespace rc::sip {
namespace {

constexpr const char* kBob = "sip:12025550100@sip.example.com";
constexpr const char* kMoved = "v=0 moved";

std::string take_body(std::string& text) {
  for (const auto& [word, body] :
       {std::pair(" offer", kOffer), std::pair(" answer", kAnswer), std::pair(" moved", kMoved)}) {
    if (!text.ends_with(word)) continue;
    text.resize(text.size() - std::string_view(word).size());
    return body;
  }
  return {};
}

std::string name_of(const Message& message) {
  return message.is_request() ? message.method()
                              : std::to_string(message.status()) + " " + message.cseq()->method;
}

void add_header(Message& message, const std::string& header) {
  if (header.empty()) return;
  const size_t colon = header.find(": ");
  message.set(header.substr(0, colon), header.substr(colon + 2));
}

}  // namespace

CallFlow::Step CallFlow::read(std::string_view line) {
  Step step;
  if (line.starts_with("->") || line.starts_with("<-")) {
    step.arrow = line.substr(0, 2);
    line.remove_prefix(2);
  }
  const size_t bar = line.find(" | ");
  if (bar != std::string_view::npos) step.header = trim(line.substr(bar + 3));
  step.text = trim(line.substr(0, bar));
  if (!step.arrow.empty()) step.body = take_body(step.text);
  return step;
}

void CallFlow::play(const std::string& script) {
  std::istringstream lines(script);
  for (std::string line; std::getline(lines, line);) {
    const std::string_view text = trim(line);
    if (text.empty()) continue;
    SCOPED_TRACE(std::string(text));
    run(read(text));
    if (HasFailure()) return;
  }
  expect_no_more();
}

void CallFlow::run(const Step& step) {
  if (step.arrow == "->") return expect(step);
  expect_no_more();
  if (step.arrow == "<-") return serve(step);
  act(step.text);
}

void CallFlow::expect_no_more() {
  conversation();  // reads what was sent
  for (; next_ < sent_count(); ++next_) ADD_FAILURE() << "we sent " << name_of(sent(next_));
}

void CallFlow::expect(const Step& step) {
  conversation();
  ASSERT_LT(next_, sent_count()) << "we sent nothing";
  const Message& message = sent(next_++);
  EXPECT_EQ(name_of(message), step.text);
  EXPECT_EQ(message.body(), step.body);
  if (step.header.empty()) return;
  const size_t colon = step.header.find(": ");
  const auto values = message.headers(step.header.substr(0, colon));
  ASSERT_FALSE(values.empty()) << "without that header";
  std::string all;
  for (const auto& value : values) all += (all.empty() ? "" : ", ") + std::string(value);
  if (colon == std::string::npos) return;
  EXPECT_EQ(all, step.header.substr(colon + 2));
}

void CallFlow::serve(const Step& step) {
  const int status = std::atoi(step.text.c_str());
  if (status == 0) return serve_request(step);
  serve_response(step, status, step.text.substr(step.text.find(' ') + 1));
}

void CallFlow::serve_response(const Step& step, int status, const std::string& method) {
  Message response = response_to(Message(last(method)), status, "srv");
  if (method == "INVITE" && status < 300) response.set("Contact", "<sip:bob@192.0.2.4>");
  if (!step.body.empty()) response.set_body("application/sdp", step.body);
  add_header(response, step.header);
  deliver(response);
}

void CallFlow::serve_request(const Step& step) {
  const std::string& method = step.text;
  Message request = method == "ACK"      ? server_ack(invite_)
                    : method == "CANCEL" ? server_cancel(invite_)
                                         : server_request(method, session_.get());
  if (method == "INVITE") request.set("Contact", "<sip:alice@192.0.2.101>");
  if (!step.body.empty()) request.set_body("application/sdp", step.body);
  add_header(request, step.header);
  if (method == "INVITE") invite_ = request;
  deliver(request);
  if (!session_) session_ = incoming_;
}

void CallFlow::act(const std::string& what) {
  const size_t space = what.find(' ');
  const std::string rest = space == std::string::npos ? "" : what.substr(space + 1);
  const std::map<std::string, std::function<void()>> actions = {
      {"told", [&] { EXPECT_EQ(std::string(trim(notes_.take())), rest); }},
      {"wait", [&] { clock_.advance(std::chrono::seconds(std::stoi(rest))); }},
      {"register", [&] { start_registration(); }},
      {"unregister", [&] { registration_->stop([this] { notes_.add("unregistered"); }); }},
      {"reconnect", [&] { lose_socket(), connect(); }},
      {"dial",
       [&] {
         session_ = user_agent_->invite({kBob, rest.empty() ? kOffer : "", {}}, &notes_);
       }},
      {"ring", [&] { session_->ring(); }},
      {"accept", [&] { session_->accept(kAnswer); }},
      {"reject", [&] { session_->reject(std::stoi(rest)); }},
      {"acknowledge", [&] { session_->ack(kAnswer); }},
      {"move", [&] { session_->reinvite(kMoved, outcome_.callback()); }},
      {"hang-up", [&] { session_->end(); }},
  };
  actions.at(what.substr(0, space))();
  settle();
}

void CallFlow::start_registration() {
  const Registration::Options options{"urn:uuid:x", 60s, 0};
  registration_ = std::make_unique<Registration>(*user_agent_, clock_, options, this);
  registration_->start();
}

}  // namespace rc::sip
