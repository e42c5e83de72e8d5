// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Changes the RTP packets of a sender on their way from the payloader to webrtcbin.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>

namespace standin::media {

class PacketRewriter {
 public:
  explicit PacketRewriter(int telephone_event) : telephone_event_(telephone_event) {}

  // From any thread:
  void change_ssrc();
  void flood_ssrcs(int n);
  void send_dtmf(const std::string& digits);

  // From the streaming thread, for each packet of the payloader. May push extra ones through pad.
  void rewrite(GstPad* pad, GstBuffer* packet);

 private:
  // RFC 4733 event being sent in place of audio packets, one for one.
  struct Event {
    int code = 0;
    int sent = 0;                 // packets of the event, then of the pause behind it
    std::uint32_t timestamp = 0;  // of the first packet
  };

  void rebase(GstBuffer* packet);          // locked
  void replace(GstBuffer* packet);         // locked
  GstBuffer* stranger(GstBuffer* packet);  // locked; a copy with another SSRC

  std::mutex mutex_;
  int telephone_event_;
  std::uint32_t ssrc_ = 0;  // 0 = the payloader's
  std::uint16_t sequence_offset_ = 0;
  std::uint32_t timestamp_offset_ = 0;
  int strangers_ = 0;
  int countdown_ = 0;
  bool pushing_ = false;  // streaming thread only
  std::deque<Event> events_;
};

}  // namespace standin::media
