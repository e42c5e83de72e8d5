// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Two legs talk to each other over ICE, DTLS and SRTP on 127.0.0.1. What one plays must be in the
// recording of the other.
#include "media_leg.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <numbers>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "media_sdp.h"
#include "media_tap.h"
#include "media_wav.h"

namespace standin {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLimit{10};

// Share of the energy that is at hz, 0 to 1, within a window where it is well above silence.
double tone_share(std::span<const std::int16_t> samples, double hz) {
  double step = 2 * std::numbers::pi * hz / kAudioRate;
  double re = 0;
  double im = 0;
  double energy = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    double x = samples[i];
    re += x * std::cos(step * static_cast<double>(i));
    im += x * std::sin(step * static_cast<double>(i));
    energy += x * x;
  }
  auto n = static_cast<double>(samples.size());
  if (energy < n * 300 * 300) return 0;
  return 2 * (re * re + im * im) / (n * energy);
}

// Milliseconds of the recording in which the tone is heard.
int tone_ms(const std::vector<std::int16_t>& recording, double hz) {
  constexpr std::size_t kWindow = kAudioRate / 50;
  int windows = 0;
  for (std::size_t at = 0; at + kWindow <= recording.size(); at += kWindow) {
    if (tone_share(std::span(recording).subspan(at, kWindow), hz) > 0.8) ++windows;
  }
  return windows * 20;
}

class MediaLegs : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = std::filesystem::temp_directory_path() / "leg-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }

  void TearDown() override {
    close_all();
    std::filesystem::remove_all(folder_);
    g_main_context_unref(context_);
  }

  std::string file(const std::string& name) const { return folder_ / name; }

  bool wait_for(const std::function<bool()>& condition, milliseconds limit = kLimit) {
    auto until = std::chrono::steady_clock::now() + limit;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > until) return false;
      if (!g_main_context_iteration(context_, FALSE)) g_usleep(1000);
    }
    return true;
  }

  MediaLeg& make(MediaLegOptions options, MediaLeg::Listener listener = {}) {
    legs_.push_back(std::make_unique<MediaLeg>(context_, std::move(options), std::move(listener)));
    return *legs_.back();
  }

  void close_all() {
    std::size_t closed = 0;
    for (auto& leg : legs_) leg->close([&closed] { ++closed; });
    EXPECT_TRUE(wait_for([&] { return closed == legs_.size(); }));
    legs_.clear();
  }

  SdpResult wait_for_sdp(const std::function<void(MediaLeg::SdpCallback)>& call) {
    SdpResult result;
    bool done = false;
    call([&](SdpResult r) {
      result = std::move(r);
      done = true;
    });
    EXPECT_FALSE(done) << "called back before the call returned";
    EXPECT_TRUE(wait_for([&] { return done; }));
    return result;
  }

  // Offer and answer; the texts stay in offer_ and answer_.
  void negotiate(MediaLeg& caller, MediaLeg& callee) {
    auto offer = wait_for_sdp([&](auto done) { caller.create_offer(done); });
    ASSERT_TRUE(offer.ok()) << offer.error;
    offer_ = offer.sdp;
    auto answer = wait_for_sdp([&](auto done) { callee.create_answer(offer_, done); });
    ASSERT_TRUE(answer.ok()) << answer.error << '\n' << offer_;
    answer_ = answer.sdp;
    auto applied = wait_for_sdp([&](auto done) { caller.apply_answer(answer_, done); });
    ASSERT_TRUE(applied.ok()) << applied.error << '\n' << answer_;
  }

  void connect(MediaLeg& caller, MediaLeg& callee) {
    auto begin = g_get_monotonic_time();
    ASSERT_NO_FATAL_FAILURE(negotiate(caller, callee));
    ASSERT_TRUE(wait_for([&] {
      return caller.stats().state == LegState::kConnected &&
             callee.stats().state == LegState::kConnected;
    }));
    auto connected = std::max(caller.stats().connected_us, callee.stats().connected_us);
    RecordProperty("connect_ms", static_cast<int>((connected - begin) / 1000));
    printf("offer to connected: %d ms\n", static_cast<int>((connected - begin) / 1000));
  }

  bool wait_for_packets(const MediaLeg& leg, std::uint64_t more) {
    auto enough = leg.stats().packets_received + more;
    return wait_for([&] { return leg.stats().packets_received >= enough; });
  }

  GMainContext* context_ = g_main_context_new();
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<MediaLeg>> legs_;
  std::string offer_;
  std::string answer_;
};

MediaLegOptions plays(std::vector<Tone> tones) {
  MediaLegOptions options;
  options.play.what = play::Tones{std::move(tones)};
  return options;
}

struct Variant {
  const char* name;
  Era era;
  Codec codec;
};

class ToneSequence : public MediaLegs, public testing::WithParamInterface<Variant> {};

TEST_P(ToneSequence, IsHeardWholeAndInOrder) {
  auto caller_options = plays({{400, milliseconds(500)}, {1000, milliseconds(500)}});
  caller_options.era = GetParam().era;
  caller_options.codecs = {GetParam().codec};
  auto callee_options = plays({{700, milliseconds(1000)}});
  callee_options.era = GetParam().era;
  caller_options.record_path = file("caller.wav");
  callee_options.record_path = file("callee.wav");
  auto& caller = make(caller_options);
  auto& callee = make(callee_options);
  ASSERT_NO_FATAL_FAILURE(connect(caller, callee));
  ASSERT_TRUE(wait_for_packets(callee, 70));
  close_all();
  auto callee_heard = read_wav(file("callee.wav"));
  ASSERT_TRUE(callee_heard);
  EXPECT_NEAR(tone_ms(*callee_heard, 400), 500, 60);
  EXPECT_NEAR(tone_ms(*callee_heard, 1000), 500, 60);
  auto caller_heard = read_wav(file("caller.wav"));
  ASSERT_TRUE(caller_heard);
  EXPECT_NEAR(tone_ms(*caller_heard, 700), 1000, 60);
}

INSTANTIATE_TEST_SUITE_P(Forms, ToneSequence,
                         testing::Values(Variant{"Opus2024", Era::k2024, Codec::kOpus},
                                         Variant{"Opus2019", Era::k2019, Codec::kOpus},
                                         Variant{"Pcmu2024", Era::k2024, Codec::kPcmu},
                                         Variant{"Pcma2019", Era::k2019, Codec::kPcma}),
                         [](const auto& param_info) { return param_info.param.name; });

}  // namespace
}  // namespace standin
