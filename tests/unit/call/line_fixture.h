// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "call/line.h"
#include "fakes/fake_clock.h"
#include "fakes/fake_media.h"
#include "fakes/fake_transport.h"
#include "sip/message.h"

namespace rc::call {

using namespace std::chrono_literals;

constexpr const char* kOffer = "v=0 their offer";
constexpr const char* kAnswer = "v=0 their answer";
constexpr const char* kAgent = "sip:#996016@sip.example.com:5060";
// Header P-rc of an INVITE, as RingCentral sends it.
constexpr const char* kAgentHeader =
    "<Msg><Hdr SID=\"35464233129848\" Req=\"{EEB7D831}\" From=\"#996016@sip.example.com:5060\" "
    "To=\"12025550115*115\" Cmd=\"6\"/><Bdy Phn=\"+12025550166\" Nm=\"WIRELESS CALLER\" "
    "ToPhn=\"+12025550179\" ToNm=\"Test Callee\"/></Msg>";

struct FakeReceiver : AudioReceiver {
  Heard heard() const override { return heard_so_far; }
  Heard heard_so_far;
  void on_audio(const AudioBlock&) override {}
  void on_telephone_event(bool) override {}
};

struct FakeSource : AudioSource {
  size_t read(std::span<int16_t>) override { return 0; }
};

// What a pipeline's end is told, one line each: "ringing", "answered", "refused ...", "finished".
struct PipelineEnd : SeatListener, SpeakerListener {
  void on_seat_call(const CallInfo& call) override { say(to_string(call.state)); }
  void on_seat_stats(const CallStats& stats) override {
    if (tells_stats) say(stats.final ? "last stats" : "stats");
  }
  void on_seat_refused(const Error& error) override { say("refused " + error.message); }
  void on_speaker_call(const CallInfo& call) override { say(to_string(call.state)); }
  void on_speaker_finished() override { say("finished"); }
  std::string take() { return std::exchange(told, {}); }

  const std::shared_ptr<FakeReceiver> receiver = std::make_shared<FakeReceiver>();
  const std::shared_ptr<FakeSource> source = std::make_shared<FakeSource>();
  std::string told;
  bool tells_stats = false;

 private:
  void say(const std::string& line) { told += line + "\n"; }
};

// A line with a real user agent on a simulated clock, socket and media; the test plays the server.
// After each test: every call has ended, has told so once and last, and its media is gone.
class LineTest : public ::testing::Test, public Line::Listener, private sip::Transport::Listener {
 protected:
  using Change = std::function<void(LineOptions&)>;
  explicit LineTest(const Change& change_options = {});
  ~LineTest() override;
  void TearDown() override;

  // --- the server's side; -> is ours in conversation(): "<- INVITE\n-> 100 INVITE\n" ---
  sip::Message new_invite(const std::string& body = kOffer);
  sip::Message invite(const std::string& body = kOffer);  // delivered, and all deferred has run
  void ack(const sip::Message& invite, const std::string& body = {});
  void cancel(const sip::Message& invite);
  // A request in the dialog of an INVITE, theirs or ours.
  void request_of(const sip::Message& invite, const std::string& method,
                  const std::string& body = {});
  void reply(const sip::Message& request, int status, const std::string& body = {},
             const sip::ExtraHeaders& headers = {});
  void deliver(const sip::Message& message);
  void lose_socket();
  void new_socket();  // registered again

  // --- our side ---
  std::string conversation();                    // since the last call
  sip::Message sent(const std::string& method);  // our last request of that method
  sip::Message last_response();                  // our last one
  int sent_count(const std::string& method);     // our requests of that method so far
  std::string last_agent_command();              // "17", of our last MESSAGE
  void settle() { clock_.advance(0s); }          // runs what was deferred

  std::shared_ptr<PipelineEnd> add_seat(const std::string& id, int calls = -1,
                                        const std::string& dial = {});
  // A seat for one call, at the rate that media has without one.
  std::shared_ptr<PipelineEnd> add_seat_for(const std::string& call, int rate = 16000);
  std::shared_ptr<PipelineEnd> add_speaker(const std::string& id, const std::string& seat = {},
                                           const std::string& call = {});
  // The outcome of an action: "" or the error's message. By value: last().id does not stay.
  std::string answer(std::string id);
  std::string decline(std::string id);
  std::string hang_up(std::string id);
  std::string dial(const std::string& number);  // its call is last()
  // Calls that are connected, for tests of what comes after.
  sip::Message connected_inbound();
  sip::Message connected_outbound();

  const CallInfo& last() const { return told_.back(); }  // told last
  std::string story(const std::string& id) const;        // the call's states: "ringing answered"

  void on_call(const CallInfo& call) override;
  void on_stats(const CallInfo& call, const CallStats& stats) override;
  bool on_call_received(const CallInfo& call) override;
  bool on_seat_wanted(const CallInfo& call) override;
  void on_provision_again() override { ++provisions_; }

  fakes::FakeClock clock_;
  fakes::FakeMedia media_{clock_};
  std::unique_ptr<fakes::FakeTransport> transport_;
  Line line_;
  std::vector<CallInfo> told_;
  std::vector<CallStats> counted_;                  // all reports
  bool take_calls_ = false;                         // on_call_received() says so
  bool bring_seats_ = false;                        // on_seat_wanted() says so
  std::vector<std::string> wanted_;                 // calls that it was asked for
  std::function<void(const CallInfo&)> when_told_;  // runs inside on_call()
  int provisions_ = 0;

 private:
  void on_open() override {}
  void on_message(std::string_view bytes) override { line_.user_agent()->receive(bytes); }
  void on_closed(const Error& reason) override { line_.user_agent()->detach(reason); }
  void collect();
  Line::Done note_outcome(std::string& into);
  std::string new_branch();

  std::vector<sip::Message> sent_;
  std::string conversation_;
  uint32_t cseq_ = 218'000'000;
  int branches_ = 0;
};

}  // namespace rc::call
