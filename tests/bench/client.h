// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the measured programs share: commands on stdin, and how many blocks of sound came.
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>

namespace bench {

// Sound of all calls of this process.
class SoundCount {
 public:
  // Counts buffers that are no gap at an element's pad. The count outlives the element.
  void watch(GstElement* element, const char* pad);
  std::uint64_t blocks() const { return blocks_; }

 private:
  std::atomic<std::uint64_t> blocks_ = 0;
};

// `count` answers `{"blocks":N}`; any other line goes to `obey`. Returns when stdin ends.
void run_commands(const SoundCount& sound, const std::function<void(const std::string&)>& obey);

// Drops what is posted on the bus, but errors, which end the process: they spoil what is measured.
void watch_bus(GstElement* pipeline);

GstElement* parse_pipeline(const std::string& description);  // full reference; exits on a fault

}  // namespace bench
