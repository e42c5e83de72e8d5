// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call/call_stats.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace rc::call {
namespace {

constexpr std::chrono::milliseconds kPacket{20};

double share(auto part, auto rest) {
  const auto whole = static_cast<double>(part) + static_cast<double>(rest);
  return whole > 0 ? static_cast<double>(part) / whole : 0;
}

}  // namespace

double CallStats::loss() const { return share(media.packets_lost, media.packets_received); }

double CallStats::concealed() const { return share(heard.concealed.count(), heard.played.count()); }

// What came too late is concealed, but no loss; what stayed away long is lost, but not concealed.
VoiceQuality quality_of(const CallStats& stats) {
  const auto way = std::chrono::duration<double, std::milli>(stats.media.round_trip_ms / 2);
  const auto delay =
      kPacket + stats.heard.latency + std::chrono::duration_cast<std::chrono::nanoseconds>(way);
  return estimate_quality(std::max(stats.loss(), stats.concealed()), delay);
}

std::string to_text(const CallStats& stats) {
  std::array<char, 160> text{};
  const MediaStats& media = stats.media;
  std::snprintf(text.data(), text.size(),
                "%s, loss %.1f %%, concealed %.1f %%, jitter %.1f ms, round trip %.1f ms, MOS %.1f",
                media.codec.c_str(), stats.loss() * 100, stats.concealed() * 100, media.jitter_ms,
                media.round_trip_ms, stats.quality.mos);
  return text.data();
}

}  // namespace rc::call
