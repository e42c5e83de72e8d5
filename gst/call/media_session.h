// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "call/call_info.h"
#include "core/ref.h"
#include "core/result.h"
#include "core/thread.h"

namespace rc::call {

// A stretch of decoded audio of the far end: mono S16 at MediaOptions::receive_rate.
struct AudioBlock {
  std::span<const int16_t> samples;
  // When its first sample arrived, on MediaOptions::clock (absolute clock time, skew-corrected by
  // the jitterbuffer: PTS + base time of the private pipeline).
  std::chrono::nanoseconds time;
  bool new_stream;  // first block of another SSRC, codec or media session: no relation to the last
  bool concealed;   // made up for lost packets
  // When the far end spoke its first sample, by the RTP clock of its SSRC, of any origin: tells a
  // gap from a `time` that jumps though no packet is missing. Concealed blocks have none.
  std::optional<std::chrono::nanoseconds> sender_time;
};

// What a receiver has given on to its listener so far, of all that it took.
struct Heard {
  std::chrono::nanoseconds played{};     // as it was sent
  std::chrono::nanoseconds concealed{};  // made up for what did not come, or not in time
  std::chrono::nanoseconds silence{};    // filled in, as there was nothing at all
  std::chrono::nanoseconds latency{};    // from a packet's arrival to the listener
};

// Takes what the far end says. Thread: a streaming thread of the session; must not block.
class AudioReceiver {
 public:
  virtual ~AudioReceiver() = default;
  virtual void on_audio(const AudioBlock& block) = 0;
  // The far end presses a key (RFC 4733): until `false`, missing audio is silence, not loss.
  virtual void on_telephone_event(bool running) = 0;
  virtual Heard heard() const { return {}; }  // thread: any
};

// Gives what we say. Thread: a streaming thread of the session, every 20 ms; must not block.
class AudioSource {
 public:
  virtual ~AudioSource() = default;
  // Fills the front of `out` (mono S16 at kSendRate) and returns how many samples it had; the
  // session makes the rest silence.
  virtual size_t read(std::span<int16_t> out) = 0;
};

constexpr int kSendRate = 48000;  // Hz

struct MediaOptions {
  std::string call_id;       // for the logs
  Ref<GstClock> clock;       // null: the system clock
  int receive_rate = 16000;  // Hz, 8000..48000
  std::chrono::milliseconds jitter_latency{60};
  std::vector<std::string> stun_servers;   // host:port
  std::string local_address;               // empty: all interfaces but loopback
  std::chrono::seconds silence_limit{60};  // without a packet of the far end it fails; 0 = never
};

// Of the whole session, whatever it was made of.
struct MediaStats {
  std::string codec;  // "OPUS", "PCMU", "PCMA"; empty before it is agreed
  uint64_t packets_received = 0, packets_sent = 0;
  uint64_t packets_lost = 0;  // sequence numbers that never came (RFC 3550 A.3)
  double jitter_ms = 0;       // RFC 3550 6.4.1, now
  // As the far end's newest report says of what it gets from us; 0 = no report yet.
  double round_trip_ms = 0, remote_jitter_ms = 0;
  uint64_t remote_lost = 0;
  // CLOCK_MONOTONIC, 0 = not yet.
  std::chrono::microseconds connected_at{}, first_audio_at{};
};

// The audio of one call: ICE, DTLS-SRTP, codecs. It lives through re-INVITEs; what it is made of
// inside is disposable. Owned by Call. Thread: signalling, unless said otherwise; callbacks come on
// the signalling thread, never from inside the call that was made.
class MediaSession {
 public:
  struct Listener {
    virtual ~Listener() = default;
    virtual void on_media_connected() = 0;                 // DTLS up and the fingerprint matches
    virtual void on_media_failed(const Error& error) = 0;  // no audio any more: end the call
    virtual void on_media_first_audio() {}                 // once, within 0.1 s
    // After on_media_connected(), every change from kFlowing on; `gap`: how long nothing came.
    virtual void on_media_flow(MediaFlow flow, std::chrono::nanoseconds gap) = 0;
  };
  using SdpCallback = std::function<void(Result<std::string>)>;

  virtual ~MediaSession() = default;

  // The first offer, or that of a re-INVITE: gives our answer. Errc::kRejected = no audio in it
  // that we can use (488), others = not now (500); all stays as it was. One negotiation at a time.
  virtual void answer(std::string offer, SdpCallback done) = 0;
  // Our offer: the first one, or a fresh one to bring new addresses.
  virtual void offer(SdpCallback done) = 0;
  // The answer to offer().
  virtual Result<void> apply_answer(std::string answer) = 0;
  // Our last SDP once more with o= version + 1, for a re-INVITE that changes nothing but
  // `on_hold` (sendonly with silence, sendrecv again). Its answer goes to apply_answer().
  virtual std::string reoffer(bool on_hold) = 0;

  // Where audio goes to and comes from; null takes it away. Effective from the next block on.
  virtual void set_receiver(std::shared_ptr<AudioReceiver> receiver) = 0;
  virtual void set_source(std::shared_ptr<AudioSource> source) = 0;

  virtual MediaStats stats() const = 0;
  // Tears down (4-20 ms, measured); no callback comes after this.
  virtual void close() = 0;
};

// How a Call gets its media; the listener outlives the session.
using MediaFactory =
    std::function<std::unique_ptr<MediaSession>(MediaOptions, MediaSession::Listener*)>;

}  // namespace rc::call
