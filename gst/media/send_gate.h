// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <vector>

#include "core/ref.h"
#include "media/codec.h"

namespace rc::media {

// Stands before the sink pad of somebody else's webrtcbin: what the application says gets in only
// while it may be heard, and under the payload type that was agreed on, whichever its payloader
// has.
//
// What may not be heard is dropped ahead of the payloader, so that sequence numbers stay whole:
// packets dropped behind it read as a loss of seconds at the far end (measured). Where no payloader
// is found, the packets are. Payloaders are asked for packets of 20 ms. webrtcbin itself would keep
// the application waiting until the call is connected, and then send all that a live source has
// made up for meanwhile in one burst (200 packets in 0.2 s, measured).
//
// Owned by BorrowedAudio, weakly by the probes. Thread: any, unless said otherwise.
class SendGate : public std::enable_shared_from_this<SendGate> {
 public:
  // From now on nothing gets in.
  static std::shared_ptr<SendGate> create(GstPad* sink);
  explicit SendGate(GstPad* sink) : sink_(Ref<GstPad>::share(sink)) {}  // for create()

  // What the application can send, in our order of preference.
  std::vector<Codec> codecs() const;
  // What it shall be for webrtcbin; tells it so at once, for it makes its SDP from the pad's caps.
  void set_format(const Format& format);
  void set_passing(bool passing) { state_ = passing ? State::kPass : State::kDrop; }
  void end() { state_ = State::kEnd; }  // who pushes gets FLOW_EOS
  uint64_t packets() const { return packets_; }

 private:
  enum class State { kDrop, kPass, kEnd };

  static void on_linked(GstPad* sink, GstPad* feeder, gpointer gate);
  void watch(GstPad* feeder);
  void watch_payloader(GstPad* feeder);
  GstPadProbeReturn filter(GstPadProbeInfo* item) const;
  GstPadProbeReturn filter_packet(GstPadProbeInfo* item);
  GstPadProbeReturn filter_event(GstPadProbeInfo* item) const;
  static GstPadProbeReturn answer_query(GstPadProbeInfo* item);

  const Ref<GstPad> sink_;
  std::atomic<State> state_ = State::kDrop;
  std::atomic<int> payload_type_ = -1;  // -1: not agreed on yet
  std::atomic<bool> has_payloader_ = false;
  std::atomic<uint64_t> packets_ = 0;
};

}  // namespace rc::media
