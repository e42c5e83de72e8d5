// SPDX-License-Identifier: LGPL-2.1-or-later
// A user agent driven by a sequence: messages of a hostile server, what the application does,
// time, lost sockets. However it goes, each session ends once and nothing is left.
#include <fuzzer/FuzzedDataProvider.h>

#include <map>
#include <memory>
#include <vector>

#include "fakes/fake_clock.h"
#include "fakes/fake_transport.h"
#include "fuzz.h"
#include "sip/parser.h"
#include "sip/user_agent.h"
#include "sip/user_agent_core.h"

namespace {

using rc::sip::InviteSession;
using rc::sip::Message;
using namespace std::chrono_literals;

constexpr size_t kMaxSteps = 24;

class Ear : public InviteSession::Listener {
 public:
  void on_progress(const Message&) override { heard(); }
  void on_answered(const Message&) override { heard(); }
  void on_ack(const Message&) override { heard(); }
  void on_reoffer(const Message&) override { heard(); }
  void on_info(std::string_view, std::string_view) override { heard(); }
  void on_notify(const Message&) override { heard(); }
  void on_update(const Message&) override { heard(); }
  void on_refresh_due() override { heard(); }
  void on_ended(const rc::sip::EndReason&) override {
    heard();
    ended_ = true;
  }
  bool ended() const { return ended_; }

 private:
  void heard() { fuzz::require(!ended_, "a session that has ended is silent"); }
  bool ended_ = false;
};

class Play : public rc::sip::UserAgent::Listener, public rc::sip::Transport::Listener {
 public:
  Play(const uint8_t* data, size_t size) : input_(data, size) {
    rc::sip::UserAgent::Options options;
    options.account = {"1*101", "sip.example.com", "", "8023", "secret"};
    options.product = "gst-ringcentral/test";
    agent_ = std::make_unique<rc::sip::UserAgent>(clock_, options, this);
    connect();
  }

  void run() {
    for (size_t step = 0; step < kMaxSteps && input_.remaining_bytes() > 0; ++step) {
      act();
      clock_.advance(0s);
    }
    end_all();
  }

 private:
  struct Talk {
    std::shared_ptr<InviteSession> session;
    std::unique_ptr<Ear> ear;
  };

  void connect() {
    if (agent_->attached()) return;
    transport_.open(this);
    transport_.accept();
    agent_->attach(transport_);
  }
  void on_open() override {}
  void on_message(std::string_view bytes) override { agent_->receive(bytes); }
  void on_closed(const rc::Error& reason) override { agent_->detach(reason); }

  void on_invite(std::shared_ptr<InviteSession> session) override {
    if (talks_.size() < 8) listen(std::move(session));
  }
  void on_message(const Message&) override {}
  void on_check_sync() override {}

  void listen(std::shared_ptr<InviteSession> session) {
    talks_.push_back({std::move(session), std::make_unique<Ear>()});
    talks_.back().session->set_listener(talks_.back().ear.get());
  }

  void act() {
    switch (input_.ConsumeIntegralInRange(0, 9)) {
      case 0:
      case 1:
        return request();
      case 2:
      case 3:
        return respond();
      case 4:
      case 5:
        return use_session();
      case 6:
        return invite();
      case 7:
        return pass_time();
      case 8:
        if (agent_->attached()) return transport_.lose({rc::Errc::kNetwork, "reset"});
        return connect();
      default:
        if (agent_->attached()) transport_.deliver(input_.ConsumeRandomLengthString(300));
    }
  }

  void pass_time() {
    constexpr std::chrono::milliseconds kSteps[] = {1ms, 500ms, 2s, 4s, 32s, 180s};
    clock_.advance(input_.PickValueInArray(kSteps));
  }

  void invite() {
    if (talks_.size() >= 8) return;
    talks_.push_back({nullptr, std::make_unique<Ear>()});
    const bool offers = input_.ConsumeBool();
    talks_.back().session = agent_->invite(
        {"sip:100@sip.example.com", offers ? "v=0 offer" : "", {}}, talks_.back().ear.get());
  }

  void use_session() {
    if (talks_.empty()) return;
    InviteSession& session = *talks_[pick(talks_.size())].session;
    const auto ignore = [](const rc::Result<Message>&) {};
    switch (input_.ConsumeIntegralInRange(0, 7)) {
      case 0:
        return session.ring();
      case 1:
      case 2:
        return session.accept("v=0 answer");
      case 3:
        return session.reject(input_.ConsumeIntegralInRange(300, 699));
      case 4:
        return session.ack("v=0 answer");
      case 5:
        return session.reinvite("v=0 again", ignore);
      case 6:
        return session.info("application/json", "{}", ignore);
      default:
        return session.end();
    }
  }

  size_t pick(size_t count) { return input_.ConsumeIntegralInRange<size_t>(0, count - 1); }

  // A header line that the sender thinks up, or none.
  std::string extra() {
    constexpr const char* kLines[] = {
        "",
        "Require: 100rel\r\nRSeq: 1\r\n",
        "RSeq: 4294967295\r\n",
        "RAck: 1 1 INVITE\r\n",
        "Session-Expires: 90;refresher=uac\r\nSupported: timer\r\n",
        "Session-Expires: 1800;refresher=uas\r\nMin-SE: 90\r\n",
        "Min-SE: 4000\r\n",
        "Require: timer, replaces\r\n",
        "Record-Route: <sip:p1;lr>, <sip:p2>\r\n",
        "Contact: <sip:they@far.example.com;transport=wss>\r\n",
        "Contact: *\r\n",
        "Allow: INVITE, ACK, BYE, UPDATE, PRACK\r\n",
        "Event: check-sync\r\n",
        "WWW-Authenticate: Digest realm=\"sip.example.com\", nonce=\"n\", stale=true\r\n",
        "Proxy-Authenticate: Digest realm=\"sip.example.com\", nonce=\"n\", qop=\"auth\"\r\n",
        "Retry-After: 1\r\n",
        "Expires: 1\r\n",
    };
    std::string lines = input_.PickValueInArray(kLines);
    if (input_.ConsumeBool()) lines += input_.PickValueInArray(kLines);
    return lines;
  }

  std::string body() {
    constexpr const char* kBodies[] = {"", "v=0 offer", "{}"};
    const std::string text = input_.PickValueInArray(kBodies);
    const std::string type = input_.ConsumeBool() ? "application/sdp" : "application/json";
    const std::string size = std::to_string(text.size());
    return (text.empty() ? "" : "Content-Type: " + type + "\r\n") + "Content-Length: " + size +
           "\r\n\r\n" + text;
  }

  // A request of theirs; of a dialog that there is, of one that there is not, or of none.
  void request() {
    constexpr const char* kMethods[] = {"INVITE", "ACK",    "BYE",     "CANCEL", "UPDATE",  "PRACK",
                                        "INFO",   "NOTIFY", "OPTIONS", "REFER",  "MESSAGE", "X"};
    if (!agent_->attached()) return;
    const std::string method = input_.PickValueInArray(kMethods);
    const InviteSession* session = talks_.empty() || input_.ConsumeBool()
                                       ? nullptr
                                       : talks_[pick(talks_.size())].session.get();
    if (session == nullptr || input_.ConsumeIntegralInRange(0, 3) > 0) ++cseq_;
    if (input_.ConsumeIntegralInRange(0, 3) > 0) ++branch_;
    const std::string call_id =
        session != nullptr ? session->call_id() : "call-" + std::to_string(pick(3));
    const std::string from_tag = session != nullptr ? session->remote_tag() : "them";
    const std::string to_tag = session != nullptr ? ";tag=" + session->local_tag() : "";
    transport_.deliver(method + " sip:us@ours.invalid SIP/2.0\r\nVia: SIP/2.0/WSS far;branch=" +
                       "z9hG4bKs" + std::to_string(branch_) + "\r\nFrom: <sip:they@far>;tag=" +
                       (from_tag.empty() ? "srv" : from_tag) + "\r\nTo: <sip:us@ours>" + to_tag +
                       "\r\nCall-ID: " + call_id + "\r\nCSeq: " + std::to_string(cseq_) + " " +
                       method + "\r\nMax-Forwards: 9\r\n" + extra() + body());
  }

  void read_what_we_sent() {
    for (; read_ < transport_.sent().size(); ++read_) {
      auto parsed = rc::sip::parse_message(transport_.sent()[read_]);
      fuzz::require(parsed.ok(), "our own messages are good");
      if (parsed.message.is_request()) requests_.push_back(std::move(parsed.message));
    }
  }

  // A response to any request of ours so far.
  void respond() {
    constexpr int kStatuses[] = {100, 180, 183, 200, 200, 202, 302, 401, 404, 407, 408,
                                 420, 422, 481, 486, 487, 488, 491, 500, 503, 603, 699};
    constexpr const char* kTags[] = {"srv", "srv", "fork"};
    if (!agent_->attached()) return;
    read_what_we_sent();
    if (requests_.empty()) return;
    const Message& request = requests_[pick(requests_.size())];
    const int status = input_.PickValueInArray(kStatuses);
    std::string text =
        rc::sip::response_to(request, status, input_.PickValueInArray(kTags)).to_bytes();
    text.erase(text.find("Content-Length"));
    transport_.deliver(text + extra() + body());
  }

  void end_all() {
    for (const auto& talk : talks_) talk.session->end();
    connect();
    clock_.advance(400s);  // two limits in a row, and the longest ringing
    for (const auto& talk : talks_) fuzz::require(talk.ear->ended(), "each session ends");
    fuzz::require(agent_->sessions() == 0, "no session is left");
    fuzz::require(agent_->core()->transactions().size() == 0, "no transaction is left");
    read_what_we_sent();
    fuzz::require(transport_.sent().size() < 4000, "we do not babble");
  }

  FuzzedDataProvider input_;
  rc::fakes::FakeClock clock_;
  rc::fakes::FakeTransport transport_;
  std::vector<Talk> talks_;  // the ears outlive the agent
  std::unique_ptr<rc::sip::UserAgent> agent_;
  std::vector<Message> requests_;  // ours, of the first read_ messages that we sent
  size_t read_ = 0;
  uint32_t cseq_ = 218'000'000;
  int branch_ = 0;
};

}  // namespace

int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  Play(data, size).run();
  return 0;
}
