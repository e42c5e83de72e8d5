// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>
#include <gst/rtp/gstrtpbuffer.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

#include "core/ref.h"
#include "media/audio_ports.h"
#include "media/codec.h"
#include "media/rtp_counter.h"

namespace rc::media {

// Is it an RTP packet of this type, of a sane size, and one that the decoder can bear?
bool is_audio_packet(GstBuffer* packet, const Format& format);

// Stands before webrtcbin's jitterbuffers (one per SSRC) or ahead of its demultiplexer and lets
// through only packets of the agreed codec, of a sane size, from the peer whose fingerprint
// matches.
//
// RFC 4733 events must be taken out here: a jitterbuffer of 1.22 drops every payload type that it
// has no clock-rate for, and webrtcbin knows of one codec only.
//
// Owned by PeerAudio, weakly by the probes. Thread: signalling, unless said otherwise.
class PacketTap : public std::enable_shared_from_this<PacketTap> {
 public:
  explicit PacketTap(std::shared_ptr<AudioPorts> ports) : ports_(std::move(ports)) {}

  void set_formats(const Format& format, std::optional<int> telephone_event);
  // Until opened every packet is dropped.
  void set_open(bool open) { open_ = open; }

  // Watches the sink pad of an element inside webrtcbin. Thread: any.
  void watch(GstElement* element);

  // Audio and events that came.
  uint64_t packets() const { return packets_; }
  void add_stats(call::MediaStats& stats) const;  // adds what came and what did not

 private:
  bool passes(GstBuffer* packet);
  void count(GstRTPBuffer* packet, bool audio);
  void handle_event(bool end);

  const std::shared_ptr<AudioPorts> ports_;
  std::atomic<Format> format_ = Format{Codec::kOpus, -1};
  std::atomic<int> event_type_ = -1;
  std::atomic<bool> open_ = false, in_event_ = false;
  std::atomic<uint64_t> packets_ = 0;
  mutable std::mutex mutex_;  // counter_
  RtpCounter counter_;
};

}  // namespace rc::media
