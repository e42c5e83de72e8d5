// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <string>

#include "core/ref.h"

namespace rc::media::test {

// A bare webrtcbin that sends a tone with Opus and does what our own sessions never do: changes its
// SSRC without a word, presses keys, sends packets that are too large. It offers.
class WebRtcSender {
 public:
  // `frame`: milliseconds of audio in a packet, as opusenc's frame-size knows them.
  explicit WebRtcSender(double hertz, const char* frame = "20");
  ~WebRtcSender();
  WebRtcSender(const WebRtcSender&) = delete;
  WebRtcSender& operator=(const WebRtcSender&) = delete;

  std::string offer();  // complete
  void apply(const std::string& answer);
  GstElement* pipeline() const { return pipeline_.get(); }

  // From the next packet on; 0 = its own.
  void set_ssrc(uint32_t ssrc) { ssrc_ = ssrc; }
  // Another SSRC with every so many packets; 0 = no more.
  void change_ssrc_every(int packets) { change_every_ = packets; }
  int changes() const { return changes_; }
  // Makes each packet larger by so many bytes; 0 = no more.
  void set_padding(size_t bytes) { padding_ = bytes; }
  // Loses one packet of so many; 0 = none.
  void set_loss(int one_of) { loss_ = one_of; }
  // So many of the next packets are an RFC 4733 event (payload type 101) instead of audio, the last
  // of them says that it ends.
  void press_key(int packets) { event_packets_ = packets; }

 private:
  static GstPadProbeReturn on_packet(GstPad* pad, GstPadProbeInfo* item, gpointer self);
  GstBuffer* rewrite(GstBuffer* packet);
  GstBuffer* event(GstBuffer* replaced, bool end);

  Ref<GstElement> pipeline_, webrtc_;
  std::atomic<uint32_t> ssrc_ = 0;
  std::atomic<int> change_every_ = 0, changes_ = 0;
  std::atomic<int> event_packets_ = 0, loss_ = 0;
  std::atomic<size_t> padding_ = 0;
  int packets_ = 0;
};

}  // namespace rc::media::test
