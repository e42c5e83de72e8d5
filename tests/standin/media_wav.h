// SPDX-License-Identifier: LGPL-2.1-or-later
//
// WAV files, 16 bit PCM, without GStreamer: small, synchronous, exact.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace standin::media {

// The samples of a WAV file's bytes as kAudioRate mono. Sizes in the header that lie beyond the end
// (as espeak-ng writes to a pipe) are cut. Empty optional = not 16 bit PCM.
std::optional<std::vector<std::int16_t>> decode_wav(std::string_view bytes);
std::optional<std::vector<std::int16_t>> read_wav(const std::string& path);

// Band-limited change of the sample rate (windowed sinc).
std::vector<std::int16_t> resample(std::span<const std::int16_t> in, int from, int to);

// Writes kAudioRate mono; the header is right after finish() or destruction.
class WavWriter {
 public:
  explicit WavWriter(const std::string& path);  // overwrites
  ~WavWriter() { finish(); }
  WavWriter(const WavWriter&) = delete;
  WavWriter& operator=(const WavWriter&) = delete;

  bool ok() const { return file_ != nullptr; }
  void write(std::span<const std::int16_t> samples);
  void write_silence(std::int64_t samples);
  std::int64_t written() const { return written_; }  // samples
  void finish();

 private:
  void write_header();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;
  std::int64_t written_ = 0;
};

}  // namespace standin::media
