// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_recorder.h"

#include <glib.h>

#include <algorithm>

#include "media_tap.h"

namespace standin::media {
namespace {

constexpr std::int64_t kTolerance = kAudioRate * 40 / 1000;

std::int64_t samples_in(std::int64_t us) { return us * kAudioRate / 1'000'000; }

}  // namespace

Recorder::Recorder(const std::string& path) : file_(path) {
  if (!file_.ok()) g_warning("cannot write %s", path.c_str());
}

void Recorder::start(std::int64_t now_us) {
  std::lock_guard lock(mutex_);
  if (start_us_ == 0) start_us_ = now_us;
}

void Recorder::write(std::int64_t when_us, std::span<const std::int16_t> samples) {
  std::lock_guard lock(mutex_);
  if (start_us_ == 0) return;
  auto ahead = samples_in(when_us - start_us_) - file_.written();
  if (ahead > kTolerance || (file_.written() == 0 && ahead > 0)) {
    file_.write_silence(ahead);
  } else if (ahead < -kTolerance) {
    auto past = std::min(-ahead, static_cast<std::int64_t>(samples.size()));
    samples = samples.subspan(static_cast<std::size_t>(past));
  }
  file_.write(samples);
}

void Recorder::finish(std::int64_t now_us) {
  std::lock_guard lock(mutex_);
  if (start_us_ != 0) file_.write_silence(samples_in(now_us - start_us_) - file_.written());
  file_.finish();
}

}  // namespace standin::media
