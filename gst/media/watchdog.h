// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

#include "call/call_info.h"
#include "core/clock.h"

namespace rc::media {

// Notices that the far end's packets stay away. Nobody else does: webrtcbin 1.22 has no consent
// freshness (RFC 7675), its ICE stays "completed" through an outage of a minute (measured).
//
// What counts is RTP of the agreed codec. A far end that is quiet sends on: RingCentral's SDP says
// usedtx=0, and Opus with DTX has a packet each 400 ms. Reports alone are no audio.
//
// Owned by the media session. Thread: signalling; callbacks come from a timer.
class Watchdog {
 public:
  static constexpr std::chrono::milliseconds kStalled{1200};
  static constexpr std::chrono::seconds kTimedOut{15};
  static constexpr std::chrono::seconds kTimedOutAtFirst{30};  // before the first packet

  struct Options {
    std::chrono::seconds limit{60};     // without packets the call is given up; 0 = never
    std::function<uint64_t()> packets;  // so many have come; any other number: some have
    std::function<bool()> audible;      // the far end has been heard, once and for all
    std::function<void()> on_audible;   // once
    // Every change; `gap`: for how long nothing has come, or had come.
    std::function<void(call::MediaFlow, std::chrono::nanoseconds gap)> on_change;
    std::function<void()> on_limit;  // once; nothing comes after it
  };

  Watchdog(Clock& clock, Options options) : clock_(clock), options_(std::move(options)) {}

  void start();                                         // the media is connected
  void expect(bool expected) { expected_ = expected; }  // false: the call is held, by either side
  void stop() { timer_.cancel(); }

 private:
  void look_later();
  void look();
  bool something_came();
  call::MediaFlow flow_after(std::chrono::nanoseconds gap) const;

  Clock& clock_;
  const Options options_;
  Timer timer_;
  bool expected_ = true;
  bool audible_ = false;
  std::optional<uint64_t> packets_;  // at the last look; none before the first packet
  std::chrono::nanoseconds last_{};  // when something came, or nothing had to
  call::MediaFlow flow_ = call::MediaFlow::kFlowing;
};

}  // namespace rc::media
