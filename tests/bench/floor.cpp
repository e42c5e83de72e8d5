// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The floor: what a call cannot do without, in one thread. A socket, libsrtp and the codec; no ICE,
// no DTLS (the key of srtp.h), no jitterbuffer, no concealment.
//
//   bench-floor opus|pcmu receive|both     `receive` sends silence, `both` a tone, as bench-bare
// Commands on stdin: `call` answers {"port":...}, ours; `peer PORT` says where that call's far end
// is; `count` answers {"blocks":...} decoded so far.
#include <arpa/inet.h>
#include <opus/opus.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "srtp.h"
#include "voice.h"

namespace {

using namespace bench;
using Clock = std::chrono::steady_clock;

constexpr int kRate = 16000;  // what the user gets
constexpr std::chrono::milliseconds kPeriod{20};

sockaddr_in loopback(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

// To and from 16 bit samples.
class Codec {
 public:
  explicit Codec(bool opus) {
    if (!opus) return;
    decoder_.reset(opus_decoder_create(kRate, 1, nullptr));
    encoder_.reset(opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, nullptr));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_BITRATE(32000));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_INBAND_FEC(1));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_PACKET_LOSS_PERC(10));
    opus_encoder_ctl(encoder_.get(), OPUS_SET_COMPLEXITY(5));
  }

  // 20 ms at kRate; false: the packet is of no use.
  bool decode(std::span<const std::uint8_t> payload) {
    const auto size = static_cast<int>(samples_.size());
    if (decoder_) {
      return opus_decode(decoder_.get(), payload.data(), static_cast<opus_int32>(payload.size()),
                         samples_.data(), size, 0) == size;
    }
    if (payload.size() * 2 != samples_.size()) return false;
    for (std::size_t i = 0; i < payload.size(); ++i)
      samples_[2 * i] = samples_[2 * i + 1] = expand(payload[i]);
    return true;
  }

  std::vector<std::uint8_t> encode(const std::vector<std::int16_t>& samples) {
    std::vector<std::uint8_t> payload;
    if (!encoder_) {
      for (const std::int16_t sample : samples) payload.push_back(mulaw(sample));
      return payload;
    }
    payload.resize(1275);
    payload.resize(static_cast<std::size_t>(
        opus_encode(encoder_.get(), samples.data(), static_cast<int>(samples.size()),
                    payload.data(), static_cast<opus_int32>(payload.size()))));
    return payload;
  }

 private:
  struct Free {
    void operator()(OpusDecoder* it) const { opus_decoder_destroy(it); }
    void operator()(OpusEncoder* it) const { opus_encoder_destroy(it); }
  };

  static std::int16_t expand(std::uint8_t code) {
    const int bits = ~code;
    const int size = (((bits & 0x0f) << 3) + 132) << ((bits >> 4) & 7);
    return static_cast<std::int16_t>((bits & 0x80) != 0 ? 132 - size : size - 132);
  }

  std::unique_ptr<OpusDecoder, Free> decoder_;
  std::unique_ptr<OpusEncoder, Free> encoder_;
  std::array<std::int16_t, kRate / 50> samples_{};
};

class Call {
 public:
  explicit Call(const Voice& voice)
      : voice_(voice),
        codec_(voice.clock_rate == 48000),
        sealer_(kPlainKey, SrtpContext::kSends),
        opener_(kPlainKey, SrtpContext::kReceives) {
    socket_ = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    sockaddr_in address = loopback(0);
    socklen_t size = sizeof address;
    bind(socket_, reinterpret_cast<sockaddr*>(&address), size);
    getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
  }
  ~Call() { close(socket_); }
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  int descriptor() const { return socket_; }
  int port() const { return port_; }
  void set_peer(int port) { peer_ = loopback(port); }

  // Blocks decoded.
  unsigned hear() {
    std::array<std::uint8_t, 2048> bytes;
    unsigned blocks = 0;
    for (ssize_t count = 0; (count = recv(socket_, bytes.data(), bytes.size(), 0)) > 0;)
      if (codec_.decode(opener_.open({bytes.data(), static_cast<std::size_t>(count)}))) ++blocks;
    return blocks;
  }

  void speak(const std::vector<std::int16_t>& samples) {
    const auto packet = sealer_.seal(rtp_.packet(voice_.payload_type, codec_.encode(samples)));
    rtp_.advance(voice_.step());
    sendto(socket_, packet.data(), packet.size(), 0, reinterpret_cast<const sockaddr*>(&peer_),
           sizeof peer_);
  }

 private:
  const Voice& voice_;
  Codec codec_;
  SrtpContext sealer_, opener_;
  RtpStream rtp_{0x20000000};
  int socket_ = -1, port_ = 0;
  sockaddr_in peer_{};
};

class Floor {
 public:
  Floor(const std::string& codec, bool speaks)
      : voice_(make_voice(codec)), words_(make_block(static_cast<int>(voice_.clock_rate), 0)) {
    if (!speaks) std::fill(words_.begin(), words_.end(), std::int16_t{0});
    sockets_.push_back({STDIN_FILENO, POLLIN, 0});
  }

  void run() {
    for (auto due = Clock::now();;) {
      const auto wait = std::chrono::ceil<std::chrono::milliseconds>(due - Clock::now());
      poll(sockets_.data(), sockets_.size(), std::max(static_cast<int>(wait.count()), 0));
      if (sockets_[0].revents != 0 && !read_commands()) return;
      for (std::size_t i = 0; i < calls_.size(); ++i)
        if (sockets_[i + 1].revents != 0) blocks_ += calls_[i]->hear();
      if (Clock::now() < due) continue;
      for (const auto& call : calls_) call->speak(words_);
      due += kPeriod;
    }
  }

 private:
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
    std::string verb;
    int port = 0;
    words >> verb >> port;
    if (verb == "call") {
      calls_.push_back(std::make_unique<Call>(voice_));
      sockets_.push_back({calls_.back()->descriptor(), POLLIN, 0});
      std::cout << "{\"port\":" << calls_.back()->port() << "}" << std::endl;
    }
    if (verb == "peer") calls_.back()->set_peer(port);
    if (verb == "count") std::cout << "{\"blocks\":" << blocks_ << "}" << std::endl;
  }

  const Voice voice_;
  std::vector<std::int16_t> words_;  // 20 ms
  std::vector<std::unique_ptr<Call>> calls_;
  std::vector<pollfd> sockets_;  // stdin, then one a call
  std::uint64_t blocks_ = 0;
  std::string input_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: bench-floor opus|pcmu receive|both\n";
    return 1;
  }
  Floor(argv[1], std::string(argv[2]) == "both").run();
  return 0;
}
