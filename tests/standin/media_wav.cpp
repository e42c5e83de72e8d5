// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_wav.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <numbers>
#include <numeric>

#include "media_tap.h"

// Samples and header fields are copied as they lie in memory.
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "WAV is little-endian");

namespace standin::media {
namespace {

template <typename T>
T load(std::string_view bytes, std::size_t at) {
  T value{};
  if (at + sizeof value <= bytes.size()) std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::vector<std::int16_t> first_to_mono(std::string_view data, std::size_t channels) {
  std::vector<std::int16_t> mono(data.size() / 2 / channels);
  for (std::size_t i = 0; i < mono.size(); ++i) {
    int sum = 0;
    for (std::size_t c = 0; c < channels; ++c)
      sum += load<std::int16_t>(data, (i * channels + c) * 2);
    mono[i] = static_cast<std::int16_t>(sum / static_cast<int>(channels));
  }
  return mono;
}

double sinc(double x) {
  return x == 0 ? 1 : std::sin(std::numbers::pi * x) / (std::numbers::pi * x);
}

// Windowed-sinc taps for each position an output sample can have between two input samples.
class Polyphase {
 public:
  Polyphase(int from, int to)
      : cutoff_(std::min(1.0, static_cast<double>(to) / from) * 0.95),
        reach_(static_cast<std::int64_t>(std::ceil(kZeroCrossings / cutoff_))),
        phases_(to / std::gcd(from, to)) {
    for (std::int64_t phase = 0; phase < phases_; ++phase) {
      for (std::int64_t tap = -reach_; tap <= reach_; ++tap) {
        taps_.push_back(weight(static_cast<double>(phase) / static_cast<double>(phases_) -
                               static_cast<double>(tap)));
      }
    }
  }

  // The value at position whole + phase / phases().
  double at(std::span<const std::int16_t> in, std::int64_t whole, std::int64_t phase) const {
    const double* taps = &taps_[static_cast<std::size_t>(phase * (2 * reach_ + 1) + reach_)];
    auto first = std::max(-reach_, -whole);
    auto last = std::min(reach_, static_cast<std::int64_t>(in.size()) - 1 - whole);
    double sum = 0;
    for (auto tap = first; tap <= last; ++tap) {
      sum += in[static_cast<std::size_t>(whole + tap)] * taps[tap];
    }
    return sum;
  }

  std::int64_t phases() const { return phases_; }

 private:
  static constexpr int kZeroCrossings = 24;  // each side

  double weight(double distance) const {
    if (std::abs(distance) >= static_cast<double>(reach_)) return 0;
    double window = 0.5 + 0.5 * std::cos(std::numbers::pi * distance / static_cast<double>(reach_));
    return cutoff_ * sinc(distance * cutoff_) * window;
  }

  double cutoff_;
  std::int64_t reach_;
  std::int64_t phases_;
  std::vector<double> taps_;
};

}  // namespace

std::vector<std::int16_t> resample(std::span<const std::int16_t> in, int from, int to) {
  if (from == to) return {in.begin(), in.end()};
  Polyphase filter(from, to);
  std::int64_t step = from / std::gcd(from, to);
  std::vector<std::int16_t> out(in.size() * static_cast<std::size_t>(to) /
                                static_cast<std::size_t>(from));
  for (std::size_t i = 0; i < out.size(); ++i) {
    auto position = static_cast<std::int64_t>(i) * step;
    double value = filter.at(in, position / filter.phases(), position % filter.phases());
    out[i] = static_cast<std::int16_t>(std::lround(std::clamp(value, -32768.0, 32767.0)));
  }
  return out;
}

std::optional<std::vector<std::int16_t>> decode_wav(std::string_view bytes) {
  if (!bytes.starts_with("RIFF") || bytes.size() < 12) return std::nullopt;
  std::size_t channels = 0;
  int rate = 0;
  for (std::size_t at = 12; at + 8 <= bytes.size();) {
    auto id = bytes.substr(at, 4);
    std::size_t size = load<std::uint32_t>(bytes, at + 4);
    auto body = bytes.substr(at + 8, size);
    if (id == "fmt ") {
      auto format = load<std::uint16_t>(body, 0);
      channels = load<std::uint16_t>(body, 2);
      rate = load<std::int32_t>(body, 4);
      bool known = (format == 1 || format == 0xFFFE) && load<std::uint16_t>(body, 14) == 16;
      known = known && channels >= 1 && channels <= 2 && rate >= 1000 && rate <= 192000;
      if (!known) return std::nullopt;
    }
    if (id == "data" && channels > 0) {
      return resample(first_to_mono(body, channels), rate, kAudioRate);
    }
    at += 8 + size + size % 2;
  }
  return std::nullopt;
}

std::optional<std::vector<std::int16_t>> read_wav(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(file), {});
  return decode_wav(bytes);
}

WavWriter::WavWriter(const std::string& path) : file_(std::fopen(path.c_str(), "wb")) {
  if (file_) write_header();
}

void WavWriter::write(std::span<const std::int16_t> samples) {
  if (!file_) return;
  std::fwrite(samples.data(), sizeof samples[0], samples.size(), file_.get());
  written_ += static_cast<std::int64_t>(samples.size());
}

void WavWriter::write_silence(std::int64_t samples) {
  static constexpr std::array<std::int16_t, 1024> kSilence{};
  for (; samples > 0; samples -= static_cast<std::int64_t>(kSilence.size())) {
    auto count = std::min<std::int64_t>(samples, kSilence.size());
    write(std::span(kSilence).first(static_cast<std::size_t>(count)));
  }
}

void WavWriter::finish() {
  if (!file_) return;
  std::fseek(file_.get(), 0, SEEK_SET);
  write_header();
  file_.reset();
}

void WavWriter::write_header() {
  auto data = static_cast<std::uint32_t>(written_ * 2);
  std::array<std::uint32_t, 11> header = {0x46464952, data + 36,
                                          0x45564157, 0x20746d66,
                                          16,
                                          0x00010001,  // PCM, one channel
                                          kAudioRate, kAudioRate * 2,
                                          0x00100002,  // 2 bytes a frame, 16 bits
                                          0x61746164, data};
  std::fwrite(header.data(), sizeof header[0], header.size(), file_.get());
}

}  // namespace standin::media
