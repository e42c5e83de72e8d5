// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Test fixture: legs on a context of their own that the test iterates, in a folder of its own.
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "media_leg.h"

namespace standin {

// Milliseconds of the samples in which a tone is nearly all there is.
int tone_ms(std::span<const std::int16_t> samples, double hz);

struct LoggedPacket {
  std::int64_t us = 0;
  unsigned sequence = 0;
  std::uint32_t timestamp = 0;
  std::uint32_t ssrc = 0;
  int payload = 0;
  int bytes = 0;
};

class MediaLegs : public testing::Test {
 protected:
  void SetUp() override;
  void TearDown() override;

  std::string file(const std::string& name) const { return folder_ / name; }
  // What the leg with this record_path heard; after close_all().
  std::vector<std::int16_t> recording(const std::string& name) const;
  std::vector<LoggedPacket> packets(const std::string& name) const;  // of a packet_log

  bool wait_for(const std::function<bool()>& condition,
                std::chrono::milliseconds limit = std::chrono::seconds(10));
  bool wait_for_packets(const MediaLeg& leg, std::uint64_t more);

  MediaLeg& make(MediaLegOptions options, MediaLeg::Listener listener = {});
  // As make(), with tones to play and a recording of this name.
  MediaLeg& make(std::vector<Tone> tones, const std::string& name);
  void close_all();

  SdpResult wait_for_sdp(const std::function<void(MediaLeg::SdpCallback)>& call);
  void negotiate(MediaLeg& caller, MediaLeg& callee);  // the texts stay in offer_ and answer_
  void connect(MediaLeg& caller, MediaLeg& callee);

  GMainContext* context_ = nullptr;
  std::filesystem::path folder_;
  std::vector<std::unique_ptr<MediaLeg>> legs_;
  std::string offer_;
  std::string answer_;
};

}  // namespace standin
