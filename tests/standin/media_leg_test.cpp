// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Two legs talk to each other over ICE, DTLS and SRTP on 127.0.0.1: what one plays must be in the
// recording of the other.
#include "media_leg.h"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "media_fixture.h"

namespace standin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

const std::vector<Tone> kLongTone = {{440, seconds(30)}};

std::string line_with(const std::string& sdp, const std::string& begin) {
  auto at = sdp.find("\r\n" + begin);
  if (at == std::string::npos) return "";
  return sdp.substr(at + 2, sdp.find('\r', at + 2) - at - 2);
}

std::string with_direction(std::string sdp, const std::string& direction) {
  auto at = sdp.find("a=sendrecv");
  return sdp.replace(at, 10, "a=" + direction);
}

struct Variant {
  const char* name;
  Era era;
  Codec codec;
};

class EachForm : public MediaLegs, public testing::WithParamInterface<Variant> {
 protected:
  MediaLegOptions plays(std::vector<Tone> tones, const std::string& record) const {
    MediaLegOptions options;
    options.era = GetParam().era;
    options.play.what = play::Tones{std::move(tones)};
    options.record_path = file(record);
    return options;
  }
};

TEST_P(EachForm, TonesAreHeardWhole) {
  auto options = plays({{400, milliseconds(500)}, {1000, milliseconds(500)}}, "caller.wav");
  options.codecs = {GetParam().codec};
  auto& caller = make(options);
  auto& callee = make(plays({{700, milliseconds(1000)}}, "callee.wav"));
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 70));
  close_all();
  EXPECT_NEAR(tone_ms(recording("callee.wav"), 400), 500, 40);
  EXPECT_NEAR(tone_ms(recording("callee.wav"), 1000), 500, 40);
  EXPECT_NEAR(tone_ms(recording("caller.wav"), 700), 1000, 40);
}

TEST_P(EachForm, PausedSenderLeavesNoGapInSequenceNumbers) {
  MediaLegOptions options;
  options.packet_log = file("packets.txt");
  options.codecs = {GetParam().codec};
  double us_per_tick = GetParam().codec == Codec::kOpus ? 1000 / 48.0 : 125;
  auto& caller = make(options);
  auto& callee = make(MediaLegOptions{});
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 20));
  caller.set_sending(false);
  auto resume_us = g_get_monotonic_time() + 500'000;
  ASSERT_TRUE(wait_for([&] { return g_get_monotonic_time() > resume_us; }));
  caller.set_sending(true);
  ASSERT_TRUE(wait_for_packets(callee, 20));
  close_all();
  auto sent = packets("packets.txt");
  ASSERT_GE(sent.size(), 40U);
  std::int64_t longest_us = 0;
  for (std::size_t i = 1; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].sequence, (sent[i - 1].sequence + 1) % 65536);
    auto gap_us = sent[i].us - sent[i - 1].us;
    auto media_us = (sent[i].timestamp - sent[i - 1].timestamp) * us_per_tick;
    EXPECT_NEAR(media_us, static_cast<double>(gap_us), 40'000) << "RTP time";
    longest_us = std::max(longest_us, gap_us);
  }
  EXPECT_NEAR(static_cast<double>(longest_us), 500'000, 60'000);
}

TEST_P(EachForm, PacketsLeaveEvery20Milliseconds) {
  MediaLegOptions options;
  options.packet_log = file("packets.txt");
  options.codecs = {GetParam().codec};
  auto& caller = make(options);
  auto& callee = make(MediaLegOptions{});
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 100));
  close_all();
  auto sent = packets("packets.txt");
  ASSERT_GE(sent.size(), 100U);
  auto us = static_cast<double>(sent.back().us - sent.front().us);
  EXPECT_NEAR(us / static_cast<double>(sent.size() - 1), 20'000, 200);
  for (std::size_t i = 1; i < sent.size(); ++i) {
    EXPECT_EQ(sent[i].timestamp - sent[i - 1].timestamp,
              GetParam().codec == Codec::kOpus ? 960U : 160U);
  }
}

INSTANTIATE_TEST_SUITE_P(Forms, EachForm,
                         testing::Values(Variant{"Opus2024", Era::k2024, Codec::kOpus},
                                         Variant{"Opus2019", Era::k2019, Codec::kOpus},
                                         Variant{"Pcmu2024", Era::k2024, Codec::kPcmu},
                                         Variant{"Pcma2019", Era::k2019, Codec::kPcma}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST_F(MediaLegs, RecordingIsAsLongAsTheCall) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(std::vector<Tone>{}, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  auto connected_us = callee.stats().connected_us;
  ASSERT_TRUE(wait_for_packets(callee, 50));
  caller.set_sending(false);
  ASSERT_TRUE(wait_for([&] { return g_get_monotonic_time() > connected_us + 2'000'000; }));
  close_all();
  auto call_ms = static_cast<double>(g_get_monotonic_time() - connected_us) / 1000;
  EXPECT_NEAR(static_cast<double>(recording("callee.wav").size()) / 16, call_ms, 60);
}

TEST_F(MediaLegs, WrongFingerprintIsNoticedByThePeerOnly) {
  MediaLegOptions wrong;
  wrong.wrong_fingerprint = true;
  auto& caller = make(MediaLegOptions{});
  auto& callee = make(wrong);
  ASSERT_NO_FATAL_FAILURE(negotiate(caller, callee));
  ASSERT_TRUE(wait_for([&] { return callee.stats().state == LegState::kConnected; }));
  ASSERT_TRUE(wait_for([&] { return caller.stats().state == LegState::kFailed; }));
  EXPECT_NE(caller.stats().failure.find("certificate"), std::string::npos);
  EXPECT_EQ(caller.stats().packets_sent, 0U);
}

TEST_F(MediaLegs, ChangedSsrcKeepsTheAudio) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 50));
  caller.change_ssrc();
  ASSERT_TRUE(wait_for([&] { return callee.stats().ssrcs_received == 2; }));
  ASSERT_TRUE(wait_for_packets(callee, 60));
  close_all();
  EXPECT_GT(tone_ms(recording("callee.wav"), 440), 1900);
}

TEST_F(MediaLegs, FloodOfSsrcsComesBesideTheAudio) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 20));
  caller.flood_ssrcs(30);
  ASSERT_TRUE(wait_for([&] { return callee.stats().ssrcs_received == 31; }));
  ASSERT_TRUE(wait_for_packets(callee, 20));
  close_all();
  EXPECT_GT(tone_ms(recording("callee.wav"), 440), 1500);
}

TEST_F(MediaLegs, HoldIsAnsweredOnTheSameConnection) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(caller, 5));
  auto held = wait_for_sdp(
      [&](auto done) { callee.create_answer(with_direction(offer_, "sendonly"), done); });
  ASSERT_TRUE(held.ok()) << held.error;
  EXPECT_EQ(line_with(held.sdp, "a=recvonly"), "a=recvonly");
  EXPECT_EQ(line_with(held.sdp, "a=ice-ufrag"), line_with(answer_, "a=ice-ufrag"));
  EXPECT_NE(line_with(held.sdp, "o="), line_with(answer_, "o="));
  auto sent = callee.stats().packets_sent;
  ASSERT_TRUE(wait_for_packets(callee, 20));
  EXPECT_LE(callee.stats().packets_sent, sent + 1);
  auto resumed = wait_for_sdp([&](auto done) { callee.create_answer(offer_, done); });
  ASSERT_TRUE(resumed.ok()) << resumed.error;
  EXPECT_TRUE(wait_for_packets(caller, 20));
}

TEST_F(MediaLegs, HoldByTheServerIsOfferedOnTheSameConnection) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  auto hold = wait_for_sdp([&](auto done) { caller.create_offer(done, Direction::kSendOnly); });
  ASSERT_TRUE(hold.ok()) << hold.error;
  EXPECT_EQ(with_direction(offer_, "sendonly").substr(hold.sdp.find("s=")),
            hold.sdp.substr(hold.sdp.find("s=")));
  auto answer = wait_for_sdp([&](auto done) { callee.create_answer(hold.sdp, done); });
  ASSERT_TRUE(answer.ok()) << answer.error;
  auto applied = wait_for_sdp([&](auto done) { caller.apply_answer(answer.sdp, done); });
  EXPECT_TRUE(applied.ok()) << applied.error;
  EXPECT_TRUE(wait_for_packets(callee, 20));
}

TEST_F(MediaLegs, IceRestartMovesTheCallToANewConnection) {
  auto& first = make({{500, seconds(30)}}, "first.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(first, callee));
  ASSERT_TRUE(wait_for_packets(callee, 50));
  auto& second = make({{900, seconds(30)}}, "second.wav");
  ASSERT_NO_FATAL_FAILURE(negotiate(second, callee));
  ASSERT_TRUE(wait_for([&] { return second.stats().state == LegState::kConnected; }));
  ASSERT_TRUE(wait_for_packets(second, 50));
  EXPECT_EQ(callee.stats().state, LegState::kConnected);
  close_all();
  EXPECT_GT(tone_ms(recording("callee.wav"), 500), 800);
  EXPECT_GT(tone_ms(recording("callee.wav"), 900), 800);
  EXPECT_GT(tone_ms(recording("second.wav"), 440), 800);
}

TEST_F(MediaLegs, DtmfArrivesOnceADigit) {
  std::string digits;
  MediaLeg::Listener listener;
  listener.on_dtmf = [&digits](char digit) { digits += digit; };
  MediaLegOptions options;
  options.packet_log = file("packets.txt");
  auto& caller = make(options);
  auto& callee = make(MediaLegOptions{}, listener);
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  caller.send_dtmf("1#9");
  EXPECT_TRUE(wait_for([&] { return digits.size() >= 3; }));
  ASSERT_TRUE(wait_for_packets(callee, 20));
  EXPECT_EQ(digits, "1#9");
  close_all();
  std::map<std::uint32_t, int> packets_of_event;
  for (const auto& packet : packets("packets.txt")) {
    if (packet.payload == 101) ++packets_of_event[packet.timestamp];
  }
  EXPECT_EQ(packets_of_event.size(), 3U);
  for (auto [timestamp, count] : packets_of_event) EXPECT_EQ(count, 7) << timestamp;
}

TEST_F(MediaLegs, MayBeDestroyedWithoutClose) {
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(kLongTone, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 5));
  legs_.clear();
  while (g_main_context_iteration(context_, FALSE)) {
  }
}

TEST_F(MediaLegs, EchoComesBack) {
  MediaLegOptions echo;
  echo.play.what = play::Echo{};
  auto& caller = make(kLongTone, "caller.wav");
  auto& callee = make(echo);
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(caller, 100));
  close_all();
  EXPECT_GT(tone_ms(recording("caller.wav"), 440), 1400);
}

TEST_F(MediaLegs, BridgeCarriesOneCallIntoAnother) {
  auto& anne = make(kLongTone, "anne.wav");
  auto& anne_server = make(MediaLegOptions{});
  auto& bert = make({{880, seconds(30)}}, "bert.wav");
  auto& bert_server = make(MediaLegOptions{});
  anne_server.play({play::Bridge{bert_server.heard()}});
  bert_server.play({play::Bridge{anne_server.heard()}});
  ASSERT_NO_FATAL_FAILURE(connect(anne, anne_server));
  ASSERT_NO_FATAL_FAILURE(connect(bert_server, bert));
  ASSERT_TRUE(wait_for_packets(bert, 100));
  close_all();
  EXPECT_GT(tone_ms(recording("anne.wav"), 880), 1300);
  EXPECT_GT(tone_ms(recording("bert.wav"), 440), 1300);
}

TEST_F(MediaLegs, SpeechIsSaidOnceAndReported) {
  int played = 0;
  MediaLegOptions options;
  options.play.what = play::Speech{"one two three"};
  MediaLeg::Listener listener;
  listener.on_played = [&played] { ++played; };
  auto& caller = make(options, listener);
  auto& callee = make(std::vector<Tone>{}, "callee.wav");
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  EXPECT_TRUE(wait_for([&] { return played == 1; }));
  EXPECT_TRUE(wait_for_packets(callee, 20));
  close_all();
  auto heard = recording("callee.wav");
  auto loud = std::count_if(heard.begin(), heard.end(), [](int s) { return std::abs(s) > 1000; });
  EXPECT_GT(loud, 16000 / 10);
  EXPECT_EQ(played, 1);
}

TEST_F(MediaLegs, UnusableSdpIsAnError) {
  auto& leg = make(MediaLegOptions{});
  auto answer = [&leg](const std::string& sdp) {
    return [&leg, sdp](auto done) { leg.create_answer(sdp, done); };
  };
  EXPECT_EQ(wait_for_sdp(answer("")).error, "no audio stream");
  EXPECT_EQ(wait_for_sdp(answer("v=0\r\nm=audio 9 RTP/AVP 0\r\n")).error, "no DTLS-SRTP: RTP/AVP");
  auto offer = wait_for_sdp([&](auto done) { leg.create_offer(done); });
  MediaLegOptions options;
  options.codecs = {Codec::kPcma};
  auto& pcma = make(options);
  std::string no_pcma = offer.sdp;
  no_pcma.replace(no_pcma.find("pcma"), 4, "pcmx");
  auto refused = wait_for_sdp([&](auto done) { pcma.create_answer(no_pcma, done); });
  EXPECT_EQ(refused.error, "no codec in common");
}

TEST_F(MediaLegs, ClosingEndsAPendingNegotiation) {
  auto& leg = make(MediaLegOptions{});
  std::string error;
  leg.create_offer([&error](SdpResult result) { error = result.error; });
  close_all();
  EXPECT_EQ(error, "closed");
}

std::size_t entries(const char* folder) {
  auto begin = std::filesystem::directory_iterator(folder);
  return static_cast<std::size_t>(std::distance(begin, std::filesystem::directory_iterator{}));
}

TEST_F(MediaLegs, ClosedLegsLeaveNoThreadAndNoDescriptor) {
  auto one_call = [this] {
    auto& caller = make(kLongTone, "caller.wav");
    auto& callee = make(kLongTone, "callee.wav");
    connect(caller, callee);
    wait_for_packets(callee, 5);
    close_all();
  };
  one_call();  // libraries keep some of the first
  auto descriptors = entries("/proc/self/fd");
  auto threads = entries("/proc/self/task");
  for (int i = 0; i < 3; ++i) one_call();
  EXPECT_LE(entries("/proc/self/fd"), descriptors);
  // GLib's pool keeps idle threads for a while.
  EXPECT_TRUE(wait_for([&] { return entries("/proc/self/task") <= threads + 2; }));
}

}  // namespace
}  // namespace standin
