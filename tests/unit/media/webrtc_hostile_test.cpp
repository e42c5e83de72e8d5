// SPDX-License-Identifier: LGPL-2.1-or-later
// The far end that was let in, and means no good: packets of every wrong form inside its SRTP.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <random>

#include "webrtc_attacker.h"
#include "webrtc_rig.h"
#include "webrtc_sender.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;

size_t threads() {
  const std::filesystem::directory_iterator all("/proc/self/task");
  return static_cast<size_t>(std::distance(begin(all), end(all)));
}

// One call for all the attacks of a suite: each finds it as the one before left it.
class WebRtcHostile : public ::testing::Test {
 protected:
  struct Call {
    Rig rig;
    End callee{rig.thread, rig.clock, 1000};
    WebRtcSender sender{440};
    std::unique_ptr<Attacker> attacker;
  };

  static void SetUpTestSuite() {
    call_ = std::make_unique<Call>();
    const std::string offer = replace_all(call_->sender.offer(), "SAVPF 111", "SAVPF 111 101") +
                              "a=rtpmap:101 telephone-event/8000\r\n";
    const auto answer = call_->callee.answer(offer);
    ASSERT_TRUE(answer.ok()) << answer.error().message;
    call_->sender.apply(answer.value());
    ASSERT_TRUE(call_->callee.wait_connected());
    ASSERT_TRUE(ear().hears(440));
    call_->attacker = std::make_unique<Attacker>(call_->sender.pipeline());
  }
  static void TearDownTestSuite() { call_.reset(); }

  void SetUp() override { ASSERT_TRUE(ear().hears(440)); }
  // Whatever it was, the tone is heard on.
  void TearDown() override {
    attacker().change_rtp(nullptr);
    EXPECT_TRUE(ear().hears(440));
    const auto error = call_->callee.wait_failed(milliseconds(0));
    EXPECT_FALSE(error) << error->message;
  }

  static Ear& ear() { return *call_->callee.ear; }
  static Attacker& attacker() { return *call_->attacker; }
  // So many more packets of the tone have been sent.
  static void packets_pass(int count) {
    const uint16_t end = static_cast<uint16_t>(attacker().last().sequence + count);
    for (int i = 0; i < 1000 && attacker().last().sequence != end; ++i) g_usleep(2000);
  }
  // Each fifth packet of the next half second goes out as `make` changes it.
  static void replace_some(const std::function<Bytes(RtpPacket)>& make) {
    attacker().change_rtp([make](const Bytes& packet) -> std::vector<Bytes> {
      const RtpPacket real = RtpPacket::read(packet);
      return {real.sequence % 5 == 0 ? make(real) : packet};
    });
    packets_pass(25);
  }
  static void expect_time_whole(std::chrono::nanoseconds from, milliseconds most) {
    EXPECT_LE(ear().longest_gap(from), most);
  }

  static std::unique_ptr<Call> call_;
};
std::unique_ptr<WebRtcHostile::Call> WebRtcHostile::call_;

struct Wrong {
  const char* name;
  std::function<Bytes(RtpPacket)> make;
};

void PrintTo(const Wrong& wrong, std::ostream* out) { *out << wrong.name; }

Bytes with_payload(RtpPacket packet, Bytes payload) {
  packet.payload = std::move(payload);
  return packet.bytes();
}

Bytes with_first_byte(const RtpPacket& packet, uint8_t bits) {
  Bytes bytes = packet.bytes();
  bytes[0] = bits;
  return bytes;
}

// X, and an extension of so many words that is there.
Bytes with_extension(const RtpPacket& packet, uint16_t words) {
  Bytes bytes = with_first_byte(packet, 0x90);
  Bytes extension{0xbe, 0xde, static_cast<uint8_t>(words >> 8), static_cast<uint8_t>(words)};
  extension.resize(4 + size_t{4} * words, 0xff);
  bytes.insert(bytes.begin() + 12, extension.begin(), extension.end());
  return bytes;
}

Bytes with_csrcs(const RtpPacket& packet) {
  Bytes bytes = with_first_byte(packet, 0x8f);
  bytes.insert(bytes.begin() + 12, 60, 0xee);
  return bytes;
}

Bytes with_padding(const RtpPacket& packet, uint8_t count) {
  Bytes bytes = with_first_byte(packet, 0xa0);
  bytes.back() = count;
  return bytes;
}

Bytes noise(size_t size) {
  static std::mt19937 random(1);
  Bytes bytes(size);
  for (uint8_t& it : bytes) it = static_cast<uint8_t>(random());
  return bytes;
}

Bytes with_type(RtpPacket packet, int payload_type) {
  packet.payload_type = payload_type;
  return packet.bytes();
}

Bytes event(RtpPacket packet, Bytes payload) {
  packet.payload_type = 101;
  return with_payload(packet, std::move(payload));
}

const Wrong kWrong[] = {
    {"NoPayload", [](const RtpPacket& p) { return with_payload(p, {}); }},
    {"OpusOfNoise", [](const RtpPacket& p) { return with_payload(p, noise(1 + p.sequence % 97)); }},
    {"OpusTocOnly", [](const RtpPacket& p) { return with_payload(p, {0xfb}); }},
    {"OpusOf48Frames",
     [](const RtpPacket& p) {
       return with_payload(p, {0x1f, 0x80 | 48, 1, 2, 3, 4});
     }},
    {"OpusPaddedBeyondItsEnd",
     [](const RtpPacket& p) {
       return with_payload(p, {0x1f, 0x41, 255, 255, 255, 254, 0});
     }},
    {"OpusOfFiveSeconds",
     [](const RtpPacket& p) {
       return with_payload(p, {0x1b, 63, 9, 9});
     }},
    {"LargestPayload", [](const RtpPacket& p) { return with_payload(p, noise(60'000)); }},
    {"CsrcsThatAreThere", with_csrcs},
    {"ExtensionOf4KiB", [](const RtpPacket& p) { return with_extension(p, 1024); }},
    {"ExtensionThatIsNotThere", [](const RtpPacket& p) { return with_first_byte(p, 0x90); }},
    {"CsrcsThatAreNotThere",
     [](const RtpPacket& p) {
       return with_first_byte({p.payload_type, p.sequence, p.timestamp, p.ssrc, {}}, 0x8f);
     }},
    {"PaddingBeyondThePacket", [](const RtpPacket& p) { return with_padding(p, 255); }},
    {"PaddingOfNothing", [](const RtpPacket& p) { return with_padding(p, 0); }},
    {"Version0", [](const RtpPacket& p) { return with_first_byte(p, 0x00); }},
    {"Version1", [](const RtpPacket& p) { return with_first_byte(p, 0x40); }},
    {"Version3", [](const RtpPacket& p) { return with_first_byte(p, 0xc0); }},
    {"PayloadTypesNeverAgreed",
     [](const RtpPacket& p) {
       return with_type(p, p.sequence / 5 % 128 == 111 ? 8 : p.sequence / 5 % 128);
     }},
    {"Pcma", [](const RtpPacket& p) { return with_type(p, 8); }},
    {"Red", [](const RtpPacket& p) { return with_type(p, 63); }},
    {"EventOfThreeBytes",
     [](const RtpPacket& p) {
       return event(p, {5, 0x8a, 0});
     }},
    {"EventWithoutNumberOrEnd",
     [](const RtpPacket& p) {
       return event(p, {255, 0x3f, 255, 255});
     }},
    {"EventOf1000Bytes", [](const RtpPacket& p) { return event(p, Bytes(1000, 0xff)); }},
};

class WebRtcHostilePacket : public WebRtcHostile, public ::testing::WithParamInterface<Wrong> {};

TEST_P(WebRtcHostilePacket, LeavesTheOthersAlone) {
  const auto before = ear().last_time();
  replace_some(GetParam().make);
  expect_time_whole(before, milliseconds(100));
}

INSTANTIATE_TEST_SUITE_P(Of, WebRtcHostilePacket, ::testing::ValuesIn(kWrong),
                         [](const auto& it) { return std::string(it.param.name); });

class WebRtcHostileStream : public WebRtcHostile {};

// 10 000 with RC_LONG.
TEST_F(WebRtcHostileStream, AFloodOfSsrcsBesideTheToneIsNotHeard) {
  const int count = g_getenv("RC_LONG") != nullptr ? 10'000 : 2'000;
  const size_t before = threads();
  const auto from = ear().last_time();
  const int streams = ear().new_streams();
  size_t most = 0;
  RtpPacket packet = attacker().last();  // a sound, said by somebody else
  packet.ssrc = 0x50000000U;
  for (int i = 0; i < count; ++i) {
    ++packet.ssrc;
    for (int copy = 0; copy < 2; ++copy) {
      ++packet.sequence;
      attacker().send_rtp(packet.bytes());
    }
    if (i % 20 == 0) {
      g_usleep(5000);
      most = std::max(most, threads());
    }
  }
  expect_time_whole(from, milliseconds(100));
  EXPECT_EQ(ear().new_streams(), streams);
  EXPECT_LE(most, before + 8);
}

Bytes words(std::initializer_list<uint32_t> values) {
  Bytes bytes;
  for (const uint32_t value : values)
    for (const int shift : {24, 16, 8, 0}) bytes.push_back(static_cast<uint8_t>(value >> shift));
  return bytes;
}

TEST_F(WebRtcHostileStream, ARtcpByeIsNotTheEnd) {
  const auto from = ear().last_time();
  const uint32_t ssrc = attacker().last().ssrc;
  attacker().send_rtcp(words({0x80c90001, ssrc, 0x81cb0001, ssrc}));
  packets_pass(50);
  expect_time_whole(from, milliseconds(100));
}

TEST_F(WebRtcHostileStream, AReportOfAnAbsurdTimeMovesNothing) {
  const auto from = ear().last_time();
  const uint32_t ssrc = attacker().last().ssrc;
  for (const uint32_t ntp : {0U, 0x7fffffffU, 0xffffffffU}) {
    attacker().send_rtcp(words({0x80c80006, ssrc, ntp, ntp, ~ntp, 1, 1}));
    packets_pass(10);
  }
  expect_time_whole(from, milliseconds(100));
  EXPECT_LT(std::chrono::abs(ear().lateness()), milliseconds(1000));
}

TEST_F(WebRtcHostileStream, AFloodOfReportsMakesNoStreams) {
  const auto from = ear().last_time();
  const int streams = ear().new_streams();
  const size_t before = threads();
  for (uint32_t i = 0; i < 5000; ++i) {
    attacker().send_rtcp(words({0x80c80006, 0x60000000U + i, i, i, i, i, i}));
    attacker().send_rtcp(noise(4 + i % 200));
    if (i % 50 == 0) g_usleep(2000);
  }
  expect_time_whole(from, milliseconds(100));
  EXPECT_EQ(ear().new_streams(), streams);
  EXPECT_LE(threads(), before + 4);
}

// What was changed last stays: back in sequence is a replay to SRTP.
class WebRtcHostileSequence : public WebRtcHostile {
  void TearDown() override {
    EXPECT_TRUE(ear().hears(440));
    EXPECT_FALSE(call_->callee.failed());
  }
};

// Nine keys for each of 100 packets of the tone, which keeps its time.
class WebRtcHostileKeys : public WebRtcHostileSequence {};

TEST_F(WebRtcHostileKeys, AFloodOfKeysIsBorne) {
  attacker().change_rtp([base = attacker().last().sequence](const Bytes& packet) {
    RtpPacket real = RtpPacket::read(packet);
    const int passed = static_cast<uint16_t>(real.sequence - base);
    real.sequence = static_cast<uint16_t>(base + passed + 9 * std::min(passed, 100));
    std::vector<Bytes> out{real.bytes()};
    for (uint8_t number = 0; passed < 100 && number < 9; ++number) {
      ++real.sequence;
      out.push_back(event(real, {number, static_cast<uint8_t>(number << 7U), 255, 255}));
    }
    return out;
  });
  packets_pass(110);
}

// From now on each packet is so far from where it belongs.
class WebRtcHostileJump : public WebRtcHostileSequence {};

TEST_F(WebRtcHostileJump, JumpsOfSequenceAndTimeAreCaughtUpWith) {
  const std::pair<uint16_t, uint32_t> jumps[] = {
      {0, 0x7fffffffU}, {0, 0x80000000U}, {0, 48'000'000U}, {0, 0U}, {3000, 0}, {23'000, 12345}};
  for (const auto& [sequence, timestamp] : jumps) {
    attacker().change_rtp([sequence = sequence, timestamp = timestamp](const Bytes& packet) {
      RtpPacket real = RtpPacket::read(packet);
      real.sequence = static_cast<uint16_t>(real.sequence + sequence);
      real.timestamp += timestamp;
      return std::vector<Bytes>{real.bytes()};
    });
    EXPECT_TRUE(ear().hears(440)) << sequence << " " << timestamp;
    EXPECT_LT(std::chrono::abs(ear().lateness()), milliseconds(1000))
        << sequence << " " << timestamp;
  }
}

}  // namespace
}  // namespace rc::media::test
