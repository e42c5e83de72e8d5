// SPDX-License-Identifier: LGPL-2.1-or-later
// Two sessions of ours back to back, in one process, over real ICE and DTLS-SRTP on 127.0.0.1.
#include <gtest/gtest.h>

#include "fakes/fake_clock.h"
#include "webrtc_rig.h"

namespace rc::media::test {
namespace {

using std::chrono::milliseconds;

class WebRtc : public ::testing::Test {
 protected:
  Rig rig;
  End caller{rig.thread, rig.clock, 440};
  End callee{rig.thread, rig.clock, 1000};
};

// The offer with the codecs of one m-line cut down to this one.
std::string only(const std::string& offer, const std::string& payload_type) {
  return replace_all(offer, "SAVPF 111 0 8 101", "SAVPF " + payload_type + " 101");
}

TEST_F(WebRtc, CarriesTonesBothWaysWithOpus) {
  ASSERT_TRUE(connect(caller, callee));
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_EQ(callee.stats().codec, "OPUS");
  EXPECT_EQ(callee.ear->new_streams(), 1);
}

TEST_F(WebRtc, CarriesTonesBothWaysWithG711) {
  for (const auto& [payload_type, name] : {std::pair("0", "PCMU"), std::pair("8", "PCMA")}) {
    End one(rig.thread, rig.clock, 440), other(rig.thread, rig.clock, 1000);
    const auto answer = other.answer(only(one.offer(), payload_type));
    ASSERT_TRUE(answer.ok());
    ASSERT_TRUE(one.apply(answer.value()).ok());
    EXPECT_TRUE(other.ear->hears(440));
    EXPECT_TRUE(one.ear->hears(1000));
    EXPECT_EQ(one.stats().codec, name);
    EXPECT_EQ(other.stats().codec, name);
  }
}

TEST_F(WebRtc, TakesEitherPartOfTheDtlsHandshake) {
  for (const auto& [offered, answered] : {std::pair("active", "passive"), {"passive", "active"}}) {
    End one(rig.thread, rig.clock, 440), other(rig.thread, rig.clock, 1000);
    const auto answer = other.answer(
        replace_all(one.offer(), "a=setup:actpass", std::string("a=setup:") + offered));
    ASSERT_TRUE(answer.ok());
    EXPECT_NE(answer.value().find(std::string("a=setup:") + answered), std::string::npos);
    ASSERT_TRUE(one.apply(answer.value()).ok());
    EXPECT_TRUE(other.ear->hears(440));
    EXPECT_TRUE(one.ear->hears(1000));
  }
}

TEST_F(WebRtc, GivesTheRateThatWasAskedFor) {
  for (const int rate : {8000, 44100, 48000}) {
    End one(rig.thread, rig.clock, 440, rate), other(rig.thread, rig.clock, 1000, rate);
    ASSERT_TRUE(connect(one, other));
    EXPECT_TRUE(other.ear->hears(440)) << rate;
    EXPECT_TRUE(one.ear->hears(1000)) << rate;
  }
}

TEST_F(WebRtc, CountsWhatItCarries) {
  ASSERT_TRUE(connect(caller, callee));
  ASSERT_TRUE(callee.ear->hears(440));
  const auto stats = callee.stats();
  EXPECT_GT(stats.packets_received, 10U);
  EXPECT_GT(stats.packets_sent, 5U);
  EXPECT_EQ(stats.packets_lost, 0U);
  EXPECT_GT(stats.connected_at.count(), 0);
  EXPECT_GT(stats.first_audio_at, stats.connected_at);
  // The first report is due within 2.5 s; a round trip needs one each way.
  EXPECT_TRUE(callee.wait_stats([](const auto& it) { return it.round_trip_ms > 0; }));
  EXPECT_LT(callee.stats().round_trip_ms, 100);
}

// Flips one digit of the digest.
std::string with_wrong_fingerprint(std::string sdp) {
  const size_t at = sdp.find("a=fingerprint:sha-256 ") + 22;
  sdp[at] = sdp[at] == 'A' ? 'B' : 'A';
  return sdp;
}

TEST_F(WebRtc, HearsAndSendsNothingWhenTheFingerprintIsAnothers) {
  const auto answer = callee.answer(with_wrong_fingerprint(caller.offer()));
  ASSERT_TRUE(answer.ok());
  ASSERT_TRUE(caller.apply(answer.value()).ok());
  const auto error = callee.wait_failed();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, Errc::kRejected);
  ASSERT_TRUE(caller.wait_connected());  // the caller sees nothing wrong and talks
  EXPECT_FALSE(caller.ear->hears(1000, milliseconds(1500)));
  EXPECT_EQ(caller.ear->samples_heard(), 0U);
  EXPECT_EQ(callee.ear->samples_heard(), 0U);
  EXPECT_EQ(callee.tone->reads(), 0U);
  EXPECT_FALSE(callee.wait_connected(milliseconds(0)));
}

void expect_silence_while_held(End& caller, End& callee) {
  const auto held = callee.answer(caller.reoffer(true));
  ASSERT_TRUE(held.ok());
  EXPECT_NE(held.value().find("a=recvonly"), std::string::npos);
  ASSERT_TRUE(caller.apply(held.value()).ok());
  const size_t reads = callee.tone->reads();
  const uint64_t packets = callee.stats().packets_sent;
  EXPECT_FALSE(caller.ear->hears(1000, milliseconds(600)));
  EXPECT_LE(callee.tone->reads(), reads + 1);
  EXPECT_LE(callee.stats().packets_sent, packets + 2);
}

void expect_audio_when_resumed(End& caller, End& callee) {
  const auto resumed = callee.answer(caller.reoffer(false));
  ASSERT_TRUE(resumed.ok());
  EXPECT_NE(resumed.value().find("a=sendrecv"), std::string::npos);
  ASSERT_TRUE(caller.apply(resumed.value()).ok());
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_TRUE(callee.ear->hears(440));
  // RTP time has run on: what is heard is not dated back by the time of the hold.
  EXPECT_LT(std::chrono::abs(caller.ear->lateness()), milliseconds(300));
}

TEST_F(WebRtc, SaysNothingWhileTheFarEndHolds) {
  for (const char* payload_type : {"111", "0"}) {
    End one(rig.thread, rig.clock, 440), other(rig.thread, rig.clock, 1000);
    ASSERT_TRUE(one.apply(other.answer(only(one.offer(), payload_type)).value()).ok());
    ASSERT_TRUE(one.ear->hears(1000));
    expect_silence_while_held(one, other);
    expect_audio_when_resumed(one, other);
  }
}

TEST_F(WebRtc, SendsSilenceWhileWeHold) {
  ASSERT_TRUE(connect(caller, callee));
  ASSERT_TRUE(callee.ear->hears(440));
  ASSERT_TRUE(caller.apply(callee.answer(caller.reoffer(true)).value()).ok());
  const size_t heard = callee.ear->samples_heard();
  EXPECT_FALSE(callee.ear->hears(440, milliseconds(600)));
  EXPECT_GT(callee.ear->samples_heard(), heard + 6400);  // packets flow on
  EXPECT_LT(callee.ear->level(heard + 4800), 1.0);
}

TEST_F(WebRtc, MovesToANewConnectionWhenIceIsRestarted) {
  ASSERT_TRUE(connect(caller, callee));
  ASSERT_TRUE(callee.ear->hears(440));
  const auto answer = callee.answer(caller.offer());
  ASSERT_TRUE(answer.ok());
  // The official SDK answers without candidates: peer-reflexive ones have to do.
  ASSERT_TRUE(caller.apply(replace_all(answer.value(), "a=candidate", "a=x-candidate")).ok());
  ASSERT_TRUE(callee.ear->waits_new_streams(2));
  ASSERT_TRUE(caller.ear->waits_new_streams(2));
  EXPECT_TRUE(callee.ear->hears(440));
  EXPECT_TRUE(caller.ear->hears(1000));
  EXPECT_EQ(callee.ear->new_streams(), 2);
  EXPECT_EQ(caller.ear->new_streams(), 2);
  EXPECT_FALSE(caller.failed());
  EXPECT_FALSE(callee.failed());
}

TEST_F(WebRtc, GivesUpAfter15SecondsAndSaysWhatToCheck) {
  fakes::FakeClock clock;
  End patient(rig.thread, clock, 700);
  ASSERT_TRUE(patient.answer(caller.offer()).ok());  // and the caller never hears of it
  patient.run([&] { clock.advance(std::chrono::seconds(14)); });
  EXPECT_FALSE(patient.failed());
  patient.run([&] { clock.advance(std::chrono::seconds(2)); });
  const auto error = patient.wait_failed();
  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, Errc::kTimeout);
  EXPECT_NE(error->message.find("firewall"), std::string::npos);
}

TEST_F(WebRtc, SaysWhichAddressIsWrong) {
  call::MediaOptions options;
  options.local_address = "no.such.address";
  End lost(rig.thread, rig.clock, options);
  const auto answer = lost.answer(caller.offer());
  ASSERT_FALSE(answer.ok());
  EXPECT_EQ(answer.error().code, Errc::kConfig);
  EXPECT_NE(answer.error().message.find("no.such.address"), std::string::npos);
}

TEST_F(WebRtc, RefusesAnOfferWithoutUsableAudioAndTakesTheNext) {
  const auto refused = callee.answer(replace_all(caller.offer(), "UDP/TLS/RTP/SAVPF", "RTP/AVP"));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, Errc::kRejected);
  EXPECT_TRUE(connect(caller, callee));
}

}  // namespace
}  // namespace rc::media::test
