// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Records on a real time line: a sample's place in the file is when it came.
#pragma once

#include <cstdint>
#include <mutex>
#include <span>
#include <string>

#include "media_wav.h"

namespace standin::media {

class Recorder {
 public:
  explicit Recorder(const std::string& path);

  // The first sample of the file is at this moment (CLOCK_MONOTONIC). What came earlier is dropped.
  void start(std::int64_t now_us);
  // Any thread. Within 40 ms samples are joined to the former ones, as the time stamps of packets
  // waver; beyond, silence is put in or what lies in the past is left out.
  void write(std::int64_t when_us, std::span<const std::int16_t> samples);
  void finish(std::int64_t now_us);  // pads with silence and closes the file

 private:
  std::mutex mutex_;
  WavWriter file_;
  std::int64_t start_us_ = 0;  // 0 = not started
};

}  // namespace standin::media
