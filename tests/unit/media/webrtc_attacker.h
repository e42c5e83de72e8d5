// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <mutex>
#include <span>
#include <vector>

#include "core/ref.h"

namespace rc::media::test {

using Bytes = std::vector<uint8_t>;

// One RTP packet, however wrong.
struct RtpPacket {
  int payload_type = 111;
  uint16_t sequence = 0;
  uint32_t timestamp = 0;
  uint32_t ssrc = 0;
  Bytes payload;

  static RtpPacket read(const Bytes& packet);
  Bytes bytes() const;
};

// The authenticated far end as an attacker: what it sends is changed or added right ahead of the
// encryption, where nothing of its own webrtcbin looks at it any more.
class Attacker {
 public:
  // Gives what goes out in place of a packet of the tone; nothing: the packet is lost. Streaming
  // thread.
  using Change = std::function<std::vector<Bytes>(const Bytes& packet)>;

  explicit Attacker(GstElement* pipeline);  // of a sender that is connected
  ~Attacker();
  Attacker(const Attacker&) = delete;
  Attacker& operator=(const Attacker&) = delete;

  void change_rtp(Change change);  // null: no more
  void send_rtp(const Bytes& packet) { send(rtp_.get(), packet); }
  void send_rtcp(const Bytes& packet) { send(rtcp_.get(), packet); }
  RtpPacket last() const;  // of the tone

 private:
  static GstPadProbeReturn on_packet(GstPad* pad, GstPadProbeInfo* item, gpointer self);
  void pass(const Bytes& packet);
  static void send(GstPad* pad, const Bytes& packet);

  Ref<GstPad> rtp_, rtcp_;
  gulong probe_ = 0;
  mutable std::mutex mutex_;
  Change change_;
  RtpPacket last_;
};

}  // namespace rc::media::test
