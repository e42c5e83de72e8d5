// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The far ends of many calls in one thread, cheap enough to share a machine with what they load:
// ICE-lite, a DTLS server, and SRTP packets from payloads that were encoded beforehand. What they
// are sent they throw away. The same for everybody who is measured.
//
//   bench-far-end CODEC         commands on stdin, one JSON object a line on stdout
//   offer [LOG]                 a new far end: {"sdp":...}; LOG gets a line for each packet sent:
//                               CLOCK_MONOTONIC in us, sequence number, RTP timestamp
//   plain PORT                  a new far end that sends to 127.0.0.1:PORT at once, with the key
//                               of srtp.h: {"port":...}
//   status                      {"flowing":calls that are sent to,"received":packets so far}
// Ends with stdin.
#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <deque>
#include <iostream>
#include <memory>
#include <optional>
#include <sstream>
#include <string>

#include "dtls.h"
#include "srtp.h"
#include "stun.h"
#include "voice.h"

namespace {

using namespace bench;

constexpr std::int64_t kPeriod = 20'000;  // us
constexpr std::size_t kMostBytes = 2048;

std::int64_t now_us() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1'000'000 + time.tv_nsec / 1000;
}

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

struct CloseFile {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

class FarEnd {
 public:
  FarEnd(const DtlsIdentity& identity, const Voice& voice, unsigned number)
      : voice_(voice),
        rtp_(0x10000000U + number),
        dtls_(identity, [this](auto bytes) { send(bytes); }) {
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_in address = loopback(0);
    bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address);
  }
  ~FarEnd() { close(socket_); }
  FarEnd(const FarEnd&) = delete;
  FarEnd& operator=(const FarEnd&) = delete;

  void log_to(const std::string& path) { log_.reset(std::fopen(path.c_str(), "w")); }

  void send_plain(int port) {
    peer_ = loopback(port);
    srtp_.emplace(kPlainKey, SrtpContext::kSends);
  }

  int port() const {
    sockaddr_in address{};
    socklen_t size = sizeof address;
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    return ntohs(address.sin_port);
  }

  std::string offer(const std::string& fingerprint) const {
    std::ostringstream out;
    const std::string type = std::to_string(voice_.payload_type);
    out << "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\na=ice-lite\r\n"
        << "a=group:BUNDLE 0\r\nm=audio " << port() << " UDP/TLS/RTP/SAVPF " << type << "\r\n"
        << "a=rtpmap:" << type << ' ' << voice_.rtpmap << "\r\na=mid:0\r\na=sendrecv\r\n"
        << "a=rtcp-mux\r\na=setup:actpass\r\na=fingerprint:sha-256 " << fingerprint << "\r\n"
        << "a=ice-ufrag:bench\r\na=ice-pwd:" << kPassword << "\r\n"
        << "a=candidate:1 1 UDP 2130706431 127.0.0.1 " << port() << " typ host\r\n"
        << "a=end-of-candidates\r\n";
    return out.str();
  }

  bool flows() const { return srtp_.has_value(); }
  std::uint64_t received() const { return received_; }

  // Every 20 ms: takes what came, sends one packet.
  void tick() {
    std::array<std::uint8_t, kMostBytes> bytes;
    socklen_t size = sizeof peer_;
    ssize_t count = 0;
    sockaddr_in from{};
    while ((count = recvfrom(socket_, bytes.data(), bytes.size(), 0,
                             reinterpret_cast<sockaddr*>(&from), &size)) > 0)
      take({bytes.data(), static_cast<std::size_t>(count)}, from);
    if (flows()) speak();
  }

 private:
  static constexpr const char* kPassword = "benchbenchbenchbenchbench";

  // RFC 7983: the first byte tells who it is for.
  void take(std::span<const std::uint8_t> bytes, const sockaddr_in& from) {
    if (bytes[0] < 4) {
      peer_ = from;
      send(stun_response(bytes, from, kPassword));
    } else if (bytes[0] < 64) {
      dtls_.receive(bytes);
      if (!flows() && !dtls_.send_key().empty())
        srtp_.emplace(dtls_.send_key(), SrtpContext::kSends);
    } else {
      ++received_;
    }
  }

  void speak() {
    const auto& payload = voice_.payloads[rtp_.sequence % voice_.payloads.size()];
    const auto bytes = rtp_.packet(voice_.payload_type, payload);
    const auto sealed = srtp_->seal(bytes);
    if (log_)
      std::fprintf(log_.get(), "%lld %u %u\n", static_cast<long long>(now_us()), rtp_.sequence,
                   rtp_.timestamp);
    send(sealed);
    rtp_.advance(voice_.step());
  }

  void send(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return;
    sendto(socket_, bytes.data(), bytes.size(), 0, reinterpret_cast<const sockaddr*>(&peer_),
           sizeof peer_);
  }

  const Voice& voice_;
  int socket_ = -1;
  RtpStream rtp_;
  sockaddr_in peer_{};
  DtlsServer dtls_;
  std::optional<SrtpContext> srtp_;
  std::unique_ptr<std::FILE, CloseFile> log_;
  std::uint64_t received_ = 0;
};

// All far ends, each due every 20 ms at a time of its own.
class Crowd {
 public:
  explicit Crowd(const std::string& codec) : voice_(make_voice(codec)) {}

  void run() {
    for (pollfd input{STDIN_FILENO, POLLIN, 0};;) {
      if (poll_until_due(input) > 0 && !read_commands()) return;
      for (std::int64_t now = now_us(); !due_.empty() && due_.front().time <= now;) serve();
    }
  }

 private:
  struct Due {
    std::int64_t time;
    std::unique_ptr<FarEnd> far_end;
  };

  int poll_until_due(pollfd& input) {
    if (due_.empty()) return poll(&input, 1, -1);
    const std::int64_t wait = std::max<std::int64_t>(due_.front().time - now_us(), 0);
    const timespec limit{wait / 1'000'000, wait % 1'000'000 * 1000};
    return ppoll(&input, 1, &limit, nullptr);
  }

  void serve() {
    Due first = std::move(due_.front());
    due_.pop_front();
    first.far_end->tick();
    first.time += kPeriod;
    due_.push_back(std::move(first));
  }

  bool read_commands() {
    std::array<char, 4096> bytes;
    const ssize_t count = read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) return false;
    input_.append(bytes.data(), static_cast<std::size_t>(count));
    for (std::size_t end = 0; (end = input_.find('\n')) != std::string::npos;) {
      obey(input_.substr(0, end));
      input_.erase(0, end + 1);
    }
    return true;
  }

  void obey(const std::string& line) {
    std::istringstream words(line);
    std::string verb, argument;
    words >> verb >> argument;
    if (verb == "offer") offer(argument);
    if (verb == "plain") {
      FarEnd& far_end = add();
      far_end.send_plain(std::stoi(argument));
      std::cout << "{\"port\":" << far_end.port() << "}" << std::endl;
    }
    if (verb == "status") tell_status();
  }

  void offer(const std::string& log) {
    FarEnd& far_end = add();
    if (!log.empty()) far_end.log_to(log);
    std::string text = far_end.offer(identity_.fingerprint());
    for (std::size_t at = 0; (at = text.find("\r\n", at)) != std::string::npos; at += 4)
      text.replace(at, 2, "\\r\\n");
    std::cout << "{\"sdp\":\"" << text << "\"}" << std::endl;
  }

  void tell_status() const {
    std::uint64_t flowing = 0, received = 0;
    for (const Due& it : due_) {
      flowing += it.far_end->flows() ? 1 : 0;
      received += it.far_end->received();
    }
    std::cout << "{\"flowing\":" << flowing << ",\"received\":" << received << "}" << std::endl;
  }

  // Its turn is somewhere in the 20 ms, by the golden section: any number of them is spread evenly.
  FarEnd& add() {
    constexpr std::int64_t kGolden = 12'361;  // us
    const std::int64_t period_begin = now_us() / kPeriod * kPeriod + kPeriod;
    Due due{period_begin + static_cast<std::int64_t>(count_) * kGolden % kPeriod,
            std::make_unique<FarEnd>(identity_, voice_, count_)};
    ++count_;
    FarEnd& added = *due.far_end;
    const auto place = std::upper_bound(due_.begin(), due_.end(), due,
                                        [](const Due& a, const Due& b) { return a.time < b.time; });
    due_.insert(place, std::move(due));
    return added;
  }

  const DtlsIdentity identity_;
  const Voice voice_;
  std::deque<Due> due_;  // by time
  unsigned count_ = 0;
  std::string input_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::cerr << "usage: bench-far-end opus|pcmu\n";
    return 1;
  }
  Crowd(argv[1]).run();
  return 0;
}
