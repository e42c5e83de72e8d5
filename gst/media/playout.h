// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "media/playout_controller.h"
#include "media/playout_pause.h"
#include "media/playout_ring.h"

namespace rc::media {

// Audio by timestamp: turns decoded blocks that come when the network pleases into a timeline that
// flows with the clock. Samples out always equal the time asked for; what the far end said at T is
// heard at T, and a real gap is silence.
//
// The time of a block (its jitterbuffer PTS) is evidence, not position: in the first 2 s of a
// stream rtpjitterbuffer moves it by up to 40 ms. So inside a run of blocks without a gap the
// position is counted in samples, and the difference to the PTS is worked off by resampling (see
// PlayoutController) or, when it is large, by one cut in a pause. After a gap the PTS is believed.
//
// Timing: a block of time T is there at about T + jitterbuffer latency (latency - 60 ms); made by
// concealment, up to 60 ms later. So the samples of [T, T + 20 ms) are pulled at T + latency.
//
// Owned by the audio source. No thread, clock or lock of its own: the caller gives all times, on
// one clock, and serialises the calls. Memory is fixed at construction (about 1 s of audio).
class Playout {
 public:
  using Time = std::chrono::nanoseconds;  // absolute clock time

  static constexpr Time kDefaultLatency = std::chrono::milliseconds(120);

  // Decoded audio, mono, at the playout's rate.
  struct Block {
    std::span<const std::int16_t> samples;
    // Of the first sample: PTS + base time of the private pipeline, taken behind the decoder.
    // Not behind audioresample: it counts samples and passes no PTS on, so drift would be hidden.
    Time time{0};
    bool new_stream = false;  // first block of another SSRC, codec or webrtcbin
    bool concealed = false;   // made by the decoder for a lost packet
    // The packet's RTP timestamp as a time of any origin, when known. It tells a real gap from a
    // PTS that jumps: after a stall of 80 ms rtpjitterbuffer 1.22 was seen to step by 64 ms and to
    // creep back within a second, with no packet missing (tests/traces/drift.csv at 13.1 s).
    std::optional<Time> sender_time{};
  };

  // What one pull() gave out, in samples.
  struct Pulled {
    bool gap = false;           // every sample is filled-in silence
    std::size_t filled = 0;     // silence for want of audio
    std::size_t concealed = 0;  // from concealed blocks
    std::size_t late = 0;       // dropped since the last pull because their time had been pulled
  };

  // Counts in samples since construction or reset().
  struct Statistics {
    std::uint64_t played = 0;     // real audio given out
    std::uint64_t concealed = 0;  // concealed audio given out
    std::uint64_t gap = 0;        // silence filled in after the first block
    std::uint64_t late = 0;       // real audio dropped: its time had been pulled
    std::uint64_t early = 0;      // audio dropped: more than 1 s ahead, a PTS that cannot be
    std::uint64_t underruns = 0;  // times (not samples) that audio began to come too late
    std::uint64_t cuts = 0;       // times that the position was moved in a pause
    double correction_ppm = 0;    // now; positive = playing faster than nominal
    double error_ms = 0;          // now, smoothed; positive = audio plays earlier than its PTS
    double buffered_ms = 0;       // now: audio ahead of the next pull
  };

  // rate: 8000..48000 Hz. latency: how long after its time a sample is pulled; constant.
  explicit Playout(int rate, Time latency = kDefaultLatency);

  // Takes a decoded block. Any time value is safe.
  void push(const Block& block);

  // A telephone-event begins (true) or ended (false): its packets are missing from the audio, and
  // what the decoder invents for them, up to the next real audio, is silence here. Called when the
  // event packet arrives; blocks may come later by the jitterbuffer's latency.
  void event_silence(bool on);

  // Fills out with the samples of [time, time + out.size() / rate). Times follow each other without
  // gaps; a jump (the pipeline was paused) skips to there.
  Pulled pull(Time time, std::span<std::int16_t> out);

  // Forgets all audio and counts: a call begins or ended. The timeline of pull() goes on.
  void reset();

  Statistics statistics() const;

 private:
  // Where a block goes; its first `skip` samples are left out.
  struct Place {
    std::int64_t position = 0;
    std::size_t skip = 0;
  };

  void follow_timeline(Time time);
  void forget_run();
  void end_event_silence(const Block& block);
  bool is_silenced(const Block& block) const;
  Time step_before(const Block& block) const;
  bool continues_run(const Block& block) const;
  void expect_after(const Block& block);
  Place place_in_run(const Block& block);
  Place place_by_time(const Block& block);
  Place cut(const Block& block, double error);
  void draw_out(const Block& pause, std::size_t samples);
  Place without_past(Place place, const Block& block);
  bool store(Place wanted, const Block& block);
  double position_of(Time time) const;
  Time length_of(std::size_t samples) const;

  const int rate_;
  const Time latency_;
  PlayoutRing ring_;
  PlayoutController controller_;
  PlayoutPause pause_;
  Statistics statistics_;
  Time next_time_{0};          // of the next sample to pull
  bool has_timeline_ = false;  // next_time_ is known
  bool started_ = false;       // a block has come since reset()
  bool in_run_ = false;        // expected_ and what follows are known
  bool last_concealed_ = false;
  bool cutting_ = false;        // a cut over several blocks is under way
  bool late_ = false;           // the last block came too late, at least in part
  std::int64_t audio_end_ = 0;  // one past the last real sample of this stream
  Time expected_{0};            // time of a block that follows the last without a gap
  std::optional<Time> expected_sender_;
  Time silence_from_{0};  // concealment of [from, to) is silence: telephone-event
  Time silence_to_{0};
  Time event_from_{0};           // of the last event
  bool in_event_ = false;        // its end is not told yet
  std::size_t pulled_late_ = 0;  // late samples since the last pull
};

}  // namespace rc::media
