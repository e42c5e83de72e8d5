// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_tap.h"

#include <algorithm>

namespace standin {
namespace {

// Two threads with a 20 ms beat each need one packet in hand; two give room for a busy machine.
constexpr std::size_t kCushion = kAudioRate * 40 / 1000;
constexpr std::size_t kMost = kAudioRate * 200 / 1000;

}  // namespace

void AudioTap::Reader::append(std::span<const std::int16_t> samples) {
  std::lock_guard lock(mutex_);
  queue_.insert(queue_.end(), samples.begin(), samples.end());
  if (queue_.size() <= kMost) return;
  queue_.erase(queue_.begin(), queue_.end() - static_cast<std::ptrdiff_t>(kCushion));
}

void AudioTap::Reader::read(std::span<std::int16_t> out) {
  std::lock_guard lock(mutex_);
  if (queue_.size() >= kCushion) flowing_ = true;
  if (queue_.size() < out.size()) flowing_ = false;
  if (!flowing_) {
    std::fill(out.begin(), out.end(), std::int16_t{0});
    return;
  }
  auto end = queue_.begin() + static_cast<std::ptrdiff_t>(out.size());
  std::copy(queue_.begin(), end, out.begin());
  queue_.erase(queue_.begin(), end);
}

std::shared_ptr<AudioTap::Reader> AudioTap::subscribe() {
  auto reader = std::make_shared<Reader>();
  std::lock_guard lock(mutex_);
  readers_.push_back(reader);
  return reader;
}

void AudioTap::write(std::span<const std::int16_t> samples) {
  std::lock_guard lock(mutex_);
  std::erase_if(readers_, [samples](const std::weak_ptr<Reader>& weak) {
    auto reader = weak.lock();
    if (reader) reader->append(samples);
    return reader == nullptr;
  });
}

}  // namespace standin
