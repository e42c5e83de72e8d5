// SPDX-License-Identifier: LGPL-2.1-or-later
#include "voice.h"

#include <opus/opus.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <numbers>

namespace bench {
namespace {

constexpr int kBlocks = 50;
constexpr double kPitch = 200;  // Hz: its period of 5 ms makes each piece of that length as loud
constexpr int kHarmonics = 15;
constexpr double kPeak = 6000;

std::vector<std::vector<std::uint8_t>> encode_pcmu() {
  std::vector<std::vector<std::uint8_t>> payloads;
  for (int block = 0; block < kBlocks; ++block) {
    auto& payload = payloads.emplace_back();
    for (const std::int16_t sample : make_block(8000, block)) payload.push_back(mulaw(sample));
  }
  return payloads;
}

std::vector<std::vector<std::uint8_t>> encode_opus() {
  std::vector<std::vector<std::uint8_t>> payloads;
  OpusEncoder* encoder = opus_encoder_create(48000, 1, OPUS_APPLICATION_VOIP, nullptr);
  opus_encoder_ctl(encoder, OPUS_SET_BITRATE(32000));
  opus_encoder_ctl(encoder, OPUS_SET_INBAND_FEC(1));
  opus_encoder_ctl(encoder, OPUS_SET_PACKET_LOSS_PERC(10));
  for (int block = -kBlocks; block < kBlocks; ++block) {  // the first second lets it settle
    const auto samples = make_block(48000, block);
    std::vector<std::uint8_t> payload(1275);
    payload.resize(static_cast<std::size_t>(
        opus_encode(encoder, samples.data(), static_cast<int>(samples.size()), payload.data(),
                    static_cast<opus_int32>(payload.size()))));
    if (block >= 0) payloads.push_back(std::move(payload));
  }
  opus_encoder_destroy(encoder);
  return payloads;
}

}  // namespace

std::uint8_t mulaw(std::int16_t sample) {
  constexpr int kBias = 132, kClip = 32635;
  const int size = std::min(std::abs(int{sample}), kClip) + kBias;
  const int segment = std::bit_width(static_cast<unsigned>(size)) - 8;
  const int code = segment << 4 | ((size >> (segment + 3)) & 0x0f);
  return static_cast<std::uint8_t>(~(code | (sample < 0 ? 0x80 : 0)));
}

std::vector<std::int16_t> make_block(int rate, int block) {
  std::vector<std::int16_t> samples;
  for (int i = 0; i < rate / 50; ++i) {
    const double t = static_cast<double>(i) / rate + block * 0.02;
    double value = 0;
    for (int n = 1; n <= kHarmonics; ++n)
      value += std::cos(2 * std::numbers::pi * kPitch * n * t + n * n) / n;
    samples.push_back(static_cast<std::int16_t>(value / 2 * kPeak));
  }
  return samples;
}

Voice make_voice(const std::string& codec) {
  if (codec == "pcmu") return {encode_pcmu(), 0, 8000, "PCMU/8000"};
  return {encode_opus(), 111, 48000, "opus/48000/2"};
}

}  // namespace bench
