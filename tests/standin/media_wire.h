// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Counts and logs the RTP packets that webrtcbin hands to and takes from its socket: the truth
// about what was on the wire and when.
#pragma once

#include <gst/gst.h>

#include <cstdio>
#include <memory>
#include <mutex>
#include <set>
#include <string>

#include "media_leg.h"

namespace standin::media {

class Wire : public std::enable_shared_from_this<Wire> {
 public:
  explicit Wire(const std::string& log_path);  // empty = no log

  // Before webrtcbin makes its transports.
  void watch(GstElement* webrtcbin);

  void fill(MediaLegStats& stats) const;  // any thread
  void close();                           // the log is complete; nothing is counted afterwards

 private:
  void on_element(GstElement* element);
  void on_packet(bool sent, const GstBuffer* buffer);
  void log(std::int64_t now, const unsigned char* header, gsize size);

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  mutable std::mutex mutex_;
  std::unique_ptr<std::FILE, Close> log_;
  MediaLegStats stats_;
  std::set<std::uint32_t> ssrcs_received_;
};

}  // namespace standin::media
