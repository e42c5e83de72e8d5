// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_fixture.h"

#include <cmath>
#include <cstdlib>
#include <fstream>
#include <numbers>

#include "media_tap.h"
#include "media_wav.h"

namespace standin {
namespace {

// Share of the energy that is at hz, 0 to 1; 0 in near silence.
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
  constexpr double kQuiet = 300;
  auto n = static_cast<double>(samples.size());
  if (energy < n * kQuiet * kQuiet) return 0;
  return 2 * (re * re + im * im) / (n * energy);
}

}  // namespace

int tone_ms(std::span<const std::int16_t> samples, double hz) {
  constexpr std::size_t kWindow = kAudioRate / 50;
  int windows = 0;
  for (std::size_t at = 0; at + kWindow <= samples.size(); at += kWindow) {
    if (tone_share(samples.subspan(at, kWindow), hz) > 0.8) ++windows;
  }
  return windows * 20;
}

void MediaLegs::SetUp() {
  std::string pattern = std::filesystem::temp_directory_path() / "leg-XXXXXX";
  ASSERT_NE(mkdtemp(pattern.data()), nullptr);
  folder_ = pattern;
  context_ = g_main_context_new();
}

void MediaLegs::TearDown() {
  close_all();
  g_main_context_unref(context_);
  std::filesystem::remove_all(folder_);
}

std::vector<std::int16_t> MediaLegs::recording(const std::string& name) const {
  auto samples = media::read_wav(file(name));
  EXPECT_TRUE(samples) << name;
  return samples.value_or(std::vector<std::int16_t>{});
}

std::vector<LoggedPacket> MediaLegs::packets(const std::string& name) const {
  std::vector<LoggedPacket> out;
  std::ifstream log(file(name));
  LoggedPacket p;
  while (log >> p.us >> p.sequence >> p.timestamp >> p.ssrc >> p.payload >> p.bytes) {
    out.push_back(p);
  }
  return out;
}

bool MediaLegs::wait_for(const std::function<bool()>& condition, std::chrono::milliseconds limit) {
  auto until = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > until) return false;
    if (!g_main_context_iteration(context_, FALSE)) g_usleep(1000);
  }
  return true;
}

bool MediaLegs::wait_for_packets(const MediaLeg& leg, std::uint64_t more) {
  auto enough = leg.stats().packets_received + more;
  return wait_for([&] { return leg.stats().packets_received >= enough; });
}

MediaLeg& MediaLegs::make(MediaLegOptions options, MediaLeg::Listener listener) {
  legs_.push_back(std::make_unique<MediaLeg>(context_, std::move(options), std::move(listener)));
  return *legs_.back();
}

MediaLeg& MediaLegs::make(std::vector<Tone> tones, const std::string& name) {
  MediaLegOptions options;
  options.play.what = play::Tones{std::move(tones)};
  options.record_path = file(name);
  return make(std::move(options));
}

void MediaLegs::close_all() {
  std::size_t closed = 0;
  for (auto& leg : legs_) leg->close([&closed] { ++closed; });
  EXPECT_TRUE(wait_for([&] { return closed == legs_.size(); }));
  legs_.clear();
}

SdpResult MediaLegs::wait_for_sdp(const std::function<void(MediaLeg::SdpCallback)>& call) {
  SdpResult result;
  int calls = 0;
  call([&](SdpResult r) {
    result = std::move(r);
    ++calls;
  });
  EXPECT_EQ(calls, 0) << "called back before the call returned";
  EXPECT_TRUE(wait_for([&] { return calls > 0; }));
  EXPECT_EQ(calls, 1);
  return result;
}

void MediaLegs::negotiate(MediaLeg& caller, MediaLeg& callee) {
  auto offer = wait_for_sdp([&](auto done) { caller.create_offer(done); });
  ASSERT_TRUE(offer.ok()) << offer.error;
  offer_ = offer.sdp;
  auto answer = wait_for_sdp([&](auto done) { callee.create_answer(offer_, done); });
  ASSERT_TRUE(answer.ok()) << answer.error << '\n' << offer_;
  answer_ = answer.sdp;
  auto applied = wait_for_sdp([&](auto done) { caller.apply_answer(answer_, done); });
  ASSERT_TRUE(applied.ok()) << applied.error << '\n' << answer_;
}

void MediaLegs::connect(MediaLeg& caller, MediaLeg& callee) {
  auto begin = g_get_monotonic_time();
  ASSERT_NO_FATAL_FAILURE(negotiate(caller, callee));
  ASSERT_TRUE(wait_for([&] {
    return caller.stats().state == LegState::kConnected &&
           callee.stats().state == LegState::kConnected;
  }));
  auto connected = std::max(caller.stats().connected_us, callee.stats().connected_us);
  RecordProperty("offer_to_connected_ms", static_cast<int>((connected - begin) / 1000));
}

}  // namespace standin
