// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_script.h"

#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <numbers>
#include <vector>

#include "media_fixture.h"
#include "media_recorder.h"
#include "media_wav.h"
#include "speech.h"

namespace standin::media {
namespace {

using std::chrono::milliseconds;

std::vector<std::int16_t> fill(Script& script, std::size_t samples) {
  std::vector<std::int16_t> out(samples, 1);
  for (std::size_t at = 0; at < samples; at += 320) {
    script.fill(std::span(out).subspan(at, std::min<std::size_t>(320, samples - at)));
  }
  return out;
}

TEST(Script, ToneIsAtMinus12DbWithSoftBorders) {
  AudioTap own;
  Script script([] {});
  script.set(make_sound({play::Tones{{{440, milliseconds(200)}}}}, own), false);
  auto heard = fill(script, 4800);
  auto loudest = std::max_element(heard.begin(), heard.end());
  EXPECT_NEAR(20 * std::log10(*loudest / 32767.0), -12, 0.1);
  EXPECT_GE(tone_ms(heard, 440), 180);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_LT(std::abs(heard[i]), 100);
  for (std::size_t i = 3196; i < heard.size(); ++i) EXPECT_LT(std::abs(heard[i]), 100);
}

TEST(Script, EndIsReportedOnceAndSilenceFollows) {
  AudioTap own;
  int played = 0;
  Script script([&played] { ++played; });
  script.set(make_sound({play::Tones{{{440, milliseconds(30)}}}}, own), false);
  auto heard = fill(script, 1600);
  EXPECT_EQ(played, 1);
  EXPECT_TRUE(std::all_of(heard.begin() + 480, heard.end(), [](int s) { return s == 0; }));
}

TEST(Script, RepeatGoesOnWithoutAGap) {
  AudioTap own;
  Script script([] { FAIL() << "a repeated sound has no end"; });
  script.set(make_sound({play::Tones{{{440, milliseconds(30)}}}, true}, own), true);
  auto heard = fill(script, 480 * 4);
  for (std::size_t i = 480; i < heard.size(); ++i) EXPECT_EQ(heard[i], heard[i - 480]);
}

TEST(Wav, ResampledToneKeepsItsFrequency) {
  std::vector<std::int16_t> tone(22050);
  for (std::size_t i = 0; i < tone.size(); ++i) {
    double phase = 2 * std::numbers::pi * 1000 * static_cast<double>(i) / 22050;
    tone[i] = static_cast<std::int16_t>(std::lround(8000 * std::sin(phase)));
  }
  auto out = resample(tone, 22050, 16000);
  ASSERT_EQ(out.size(), 16000U);
  EXPECT_EQ(tone_ms(out, 1000), 1000);
  EXPECT_NEAR(*std::max_element(out.begin() + 200, out.end() - 200), 8000, 80);
}

TEST(Wav, OtherThanPcmIsRefused) {
  EXPECT_FALSE(decode_wav(""));
  EXPECT_FALSE(decode_wav("RIFF"));
  EXPECT_FALSE(decode_wav(std::string("RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x07\0\1\0", 24)));
}

TEST(Recorder, PlacesSamplesByTime) {
  std::string path = std::filesystem::temp_directory_path() / "recorder-XXXXXX";
  close(mkstemp(path.data()));
  std::vector<std::int16_t> packet(320, 1000);
  {
    Recorder recorder(path);
    recorder.write(900'000, packet);  // before the start: dropped
    recorder.start(1'000'000);
    recorder.write(1'100'000, packet);
    recorder.write(1'125'000, packet);  // 5 ms late: joined
    recorder.write(1'300'000, packet);  // 160 ms later: silence between
    recorder.write(1'200'000, packet);  // in the past: dropped
    recorder.finish(1'500'000);
  }
  auto samples = read_wav(path).value();
  std::filesystem::remove(path);
  ASSERT_EQ(samples.size(), 8000U);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    bool sound = (i >= 1600 && i < 2240) || (i >= 4800 && i < 5120);
    ASSERT_EQ(samples[i], sound ? 1000 : 0) << i;
  }
}

TEST(Speech, TextCannotReachTheSynthesizersMarkup) {
  EXPECT_EQ(speakable("a[[b]]<c>\n\x01 d"), "a  b   c    d");
  EXPECT_EQ(speakable("ab\xff"), "ab");
  EXPECT_LE(speakable(std::string(5000, 'x')).size(), 2000U);
}

}  // namespace
}  // namespace standin::media
