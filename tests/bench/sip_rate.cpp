// SPDX-License-Identifier: LGPL-2.1-or-later
//
// How many SIP messages a phone's signalling thread handles in a second: parse, route, answer, with
// a clock and a socket of memory. Prints one JSON object.
//
//   bench-sip [ROUNDS]
#include <ctime>
#include <iostream>
#include <string>
#include <vector>

#include "fakes/fake_clock.h"
#include "sip/user_agent.h"

namespace {

using namespace rc;
using namespace std::chrono_literals;

constexpr int kBatch = 500;  // then the clock goes on, so that transactions end

class Socket : public sip::Transport {
 public:
  void open(Listener*) override {}
  void send(std::string message) override { bytes += message.size(), ++messages; }
  void close() override {}
  bool is_open() const override { return true; }

  std::size_t bytes = 0, messages = 0;
};

// Refuses each call.
class Refuser : public sip::UserAgent::Listener {
 public:
  void on_invite(std::shared_ptr<sip::InviteSession> session) override { session->reject(486); }
  void on_message(const sip::Message&) override {}
  void on_check_sync() override {}
};

sip::UserAgent::Options options() {
  sip::UserAgent::Options options;
  options.account = {"12025550115*115", "sip.example.com", "", "8023", "S3CR3T"};
  options.product = "gst-ringcentral/bench";
  return options;
}

// With what RingCentral's requests carry.
std::string request(const std::string& method, int number, const std::string& body) {
  const std::string n = std::to_string(number);
  return method + " sip:client@x.invalid;transport=ws SIP/2.0\r\n" +
         "Via: SIP/2.0/WSS 198.51.100.73:8083;rport;branch=z9hG4bK-" + n + "\r\n" +
         "Max-Forwards: 67\r\nFrom: \"Caller\" <sip:+12025550166@198.51.100.165>;tag=" + n +
         "\r\nTo: <sip:12025550115*115@203.0.113.154>\r\nCall-Id: call-" + n + "\r\nCSeq: " + n +
         " " + method + "\r\nContact: <sip:+12025550166@198.51.100.165:8083;transport=wss>\r\n" +
         "User-Agent: RC_SIPWRP_1.50\r\np-rc-api-ids: party-id=p-1-2;session-id=s-1\r\n" +
         "P-rc: <Msg><Hdr SID=\"35488494\" Req=\"{1B7D}\" From=\"#1\" To=\"2\" "
         "Cmd=\"6\"/></Msg>\r\n" +
         (body.empty() ? "" : "Content-Type: application/sdp\r\n") +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

// Messages in and out for a second of CPU.
double rate(const std::string& method, const std::string& body, int rounds) {
  fakes::FakeClock clock;
  Socket socket;
  Refuser refuser;
  sip::UserAgent user_agent(clock, options(), &refuser);
  user_agent.attach(socket);
  std::size_t received = 0;
  const double begin = cpu_seconds();
  for (int round = 0; round < rounds; ++round, clock.advance(40s)) {
    for (int i = 0; i < kBatch; ++i, ++received) {
      user_agent.receive(request(method, round * kBatch + i + 1, body));
      clock.advance(0s);
    }
  }
  return static_cast<double>(received + socket.messages) / (cpu_seconds() - begin);
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 40;
  const std::string sdp(1500, 'a');  // the user agent does not read it
  std::cout << "{\"options\":" << rate("OPTIONS", "", rounds)
            << ",\"message\":" << rate("MESSAGE", "<Msg/>", rounds)
            << ",\"refused_invite\":" << rate("INVITE", sdp, rounds) << "}" << std::endl;
  return 0;
}
