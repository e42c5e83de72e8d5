// SPDX-License-Identifier: LGPL-2.1-or-later
#include "torture_rig.h"

#include <regex>

#include "sip/parser.h"

namespace rc::sip {
namespace {

using namespace std::chrono_literals;

UserAgent::Options options() {
  UserAgent::Options options;
  options.account = {"bob", "example.com", "", "bob", "S3CR3T"};
  return options;
}

// Notes only that it heard something.
class Ear : public InviteSession::Listener {
 public:
  explicit Ear(bool& heard) : heard_(heard) {}
  void on_progress(const Message&) override { heard_ = true; }
  void on_answered(const Message&) override { heard_ = true; }
  void on_ended(const EndReason&) override { heard_ = true; }

 private:
  bool& heard_;
};

bool is_response(const std::string& bytes) { return bytes.starts_with("SIP/"); }

std::string cseq_method(const std::string& bytes) {
  std::smatch found;
  std::regex_search(bytes, found, std::regex("\r\nCSeq: *[0-9]+ +([A-Z]+)\r\n"));
  return found[1];
}

}  // namespace

TortureRig::TortureRig()
    : session_listener_(std::make_shared<Ear>(told_)),
      user_agent_(std::make_unique<UserAgent>(clock_, options(), this)) {
  transport_.open(this);
  transport_.accept();
  user_agent_->attach(transport_);
}

void TortureRig::on_invite(std::shared_ptr<InviteSession> session) {
  told_ = true;
  session->set_listener(session_listener_.get());
  session_ = std::move(session);
}

Reaction TortureRig::react(const std::string& bytes) {
  transport_.deliver(bytes);
  clock_.advance(0s);
  return {parse_message(bytes).ok(), transport_.sent(), told_};
}

Reaction TortureRig::react_to_response(const std::string& bytes) {
  const std::string method = cseq_method(bytes);
  const bool heard =
      method == "INVITE" ? hears_response_to_invite(bytes) : hears_response_to(method, bytes);
  return {parse_message(bytes).ok(), {}, heard};
}

bool TortureRig::hears_response_to_invite(const std::string& bytes) {
  session_ = user_agent_->invite({"sip:a@example.com", "v=0\r\n", {}}, session_listener_.get());
  transport_.deliver(with_our_via(bytes));
  clock_.advance(0s);
  if (told_) return true;
  // A 100 is heard by the transaction only: from then on a CANCEL may go out (RFC 3261 9.1).
  session_->end();
  return transport_.sent().back().starts_with("CANCEL ");
}

bool TortureRig::hears_response_to(const std::string& method, const std::string& bytes) {
  user_agent_->send_request({method, "sip:a@example.com", "", "", "", {}},
                            [this](const Result<Message>&) { told_ = true; });
  transport_.deliver(with_our_via(bytes));
  clock_.advance(0s);
  return told_;
}

std::string TortureRig::with_our_via(const std::string& response) const {
  const Message ours = parse_message(transport_.sent().back()).message;
  std::string out = std::regex_replace(response, std::regex("\r\nVia:[^\r]*"), "");
  return out.insert(out.find("\r\n"), "\r\nVia: " + std::string(*ours.header("Via")));
}

std::string plain_request(const std::string& method, bool in_dialog) {
  Message message = Message::request(method, Uri::parse("sip:bob@example.com").value());
  message.add("Via", "SIP/2.0/WSS h.invalid;branch=z9hG4bKplain");
  message.add("Max-Forwards", "70");
  message.add("From", "<sip:alice@example.com>;tag=1");
  message.add("To", in_dialog ? "<sip:bob@example.com>;tag=2" : "<sip:bob@example.com>");
  message.add("Call-ID", "plain");
  message.set_cseq({1, method});
  if (method == "INVITE") message.set_body("application/sdp", "v=0\r\n");
  return message.to_bytes();
}

std::string judge(const TortureMessage& message) {
  const Verdict verdict(message.kind, message.verdict);
  if (is_response(message.bytes)) {
    return verdict.fault_of_response(TortureRig().react(message.bytes),
                                     TortureRig().react_to_response(message.bytes));
  }
  const std::string method = message.bytes.substr(0, message.bytes.find(' '));
  const bool in_dialog = !parse_message(message.bytes).message.to_tag().empty();
  return verdict.fault(TortureRig().react(message.bytes),
                       TortureRig().react(plain_request(method, in_dialog)));
}

}  // namespace rc::sip
