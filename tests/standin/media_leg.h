// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One media leg of the stand-in: what RingCentral's media server is to one phone. A webrtcbin in a
// private pipeline sends a script (tones, speech, a file, another leg's audio) and records what it
// hears. The SDP that leaves is written in RingCentral's forms (../shared/protocol section 6); the
// SDP that enters may come from any WebRTC stack.
//
// Thread: every method is called on the thread that iterates the GMainContext given at creation;
// every callback arrives there, never before the call that asked for it has returned.
#pragma once

#include <glib.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace standin {

enum class Codec { kOpus, kPcmu, kPcma };

// Which of RingCentral's published SDP forms a leg writes.
enum class Era {
  k2019,  // RTP/SAVPF, no a=mid, ICE and sha-1 fingerprint at media level
  k2024,  // UDP/TLS/RTP/SAVPF, RED first, a=mid:0, ICE and sha-256 fingerprint at session level
};

enum class Direction { kSendRecv, kSendOnly, kRecvOnly, kInactive };

// What a leg hears, 16 kHz mono; can be played into the same leg (echo) or another one (bridge).
class AudioTap;

struct Tone {
  double hz = 440;  // 0 = silence
  std::chrono::milliseconds duration{1000};
};

namespace play {
struct Silence {};
struct Tones {
  std::vector<Tone> tones;  // each at -12 dBFS with 5 ms raised-cosine ramps
};
struct Speech {
  std::string text;  // spoken by espeak-ng
};
struct WavFile {
  std::string path;  // 16 bit PCM, any rate, 1 or 2 channels
};
struct Echo {};
struct Bridge {
  std::shared_ptr<AudioTap> from;  // another leg's heard()
};
}  // namespace play

struct Play {
  std::variant<play::Silence, play::Tones, play::Speech, play::WavFile, play::Echo, play::Bridge>
      what;
  bool repeat = false;  // else silence follows the end
};

struct MediaLegOptions {
  Era era = Era::k2024;
  std::vector<Codec> codecs{Codec::kOpus, Codec::kPcmu, Codec::kPcma};
  std::string local_address = "127.0.0.1";
  Play play;
  // WAV (16 kHz mono S16LE) of what the leg hears. Its time line is the wall clock from the moment
  // DTLS connected; what did not arrive is silence. Complete when on_closed has been called.
  std::string record_path;
  // One line per RTP packet handed to the socket, space separated:
  // CLOCK_MONOTONIC in us, sequence number, RTP timestamp, SSRC, payload type, size in bytes
  // (SRTP).
  std::string packet_log;
  // The SDP names a certificate that is not ours. The leg itself accepts the peer as always.
  bool wrong_fingerprint = false;
  bool ice_lite = false;  // announces a=ice-lite (the 2016 form)
  // Not empty: the end point is somebody else's. This is its offer; of answers it needs none.
  std::string foreign_offer;
};

struct SdpResult {
  std::string sdp;
  std::string error;  // empty = success
  bool ok() const { return error.empty(); }
};

enum class LegState {
  kNew,
  kConnecting,
  kConnected,  // DTLS is up and the peer's certificate is the one its SDP named
  kFailed,     // ICE or DTLS failed, or the peer's certificate does not match its SDP
  kClosed,
};

struct MediaLegStats {
  LegState state = LegState::kNew;
  std::string failure;                 // why, when kFailed
  std::uint64_t packets_sent = 0;      // RTP on the wire
  std::uint64_t packets_received = 0;  // RTP from the wire
  // g_get_monotonic_time() (CLOCK_MONOTONIC, us); 0 = not yet.
  std::int64_t connected_us = 0;
  std::int64_t first_rtp_sent_us = 0;
  std::int64_t first_rtp_received_us = 0;
  std::int64_t last_rtp_received_us = 0;
  std::uint32_t ssrcs_received = 0;  // different ones heard so far
};

class MediaLeg {
 public:
  using SdpCallback = std::function<void(SdpResult)>;

  struct Listener {
    std::function<void(LegState)> on_state;   // each change
    std::function<void()> on_played;          // a script without repeat has been sent
    std::function<void(char digit)> on_dtmf;  // one RFC 4733 event has ended
  };

  // context: not owned, must outlive the leg and be iterated until on_closed was called.
  MediaLeg(GMainContext* context, MediaLegOptions options, Listener listener = {});
  ~MediaLeg();  // without close(): drops the connection and blocks some 20 ms
  MediaLeg(const MediaLeg&) = delete;
  MediaLeg& operator=(const MediaLeg&) = delete;

  // --- offer and answer. Each callback is called exactly once, within 5 s.

  // The first call makes the connection; a later one repeats the SDP with o= version + 1 and the
  // given direction (hold by the server).
  void create_offer(SdpCallback done, Direction direction = Direction::kSendRecv);

  // The first call makes the connection. A later offer with the same ICE credentials (hold,
  // refresh) is answered with the same SDP, o= version + 1 and the direction that fits; one with
  // new ICE credentials or another fingerprint gets a fresh connection that takes over once it is
  // connected, script and recording going on. A sendonly or inactive offer silences our sender.
  void create_answer(const std::string& offer_sdp, SdpCallback done);

  // The answer to create_offer(). done: result without sdp.
  void apply_answer(const std::string& answer_sdp, SdpCallback done);

  // --- sound

  void play(Play play);            // replaces the script; starts at once, or when first connected
  void set_sending(bool sending);  // false: not one RTP packet leaves (RTCP does); the script waits
  void send_dtmf(const std::string& digits);  // RFC 4733, 100 ms each, 100 ms between
  std::shared_ptr<AudioTap> heard() const;

  // --- what a real server does to a phone

  void change_ssrc();  // as after a transfer: another SSRC, sequence number and timestamp base
  // Between the packets of the script, n extra ones (every 40 ms one), each with an SSRC of its
  // own.
  void flood_ssrcs(int n);

  MediaLegStats stats() const;

  // Ends everything; the recording is complete and no thread is left when on_closed is called. The
  // leg may be destroyed from inside on_closed. Pending SDP callbacks get an error first.
  void close(std::function<void()> on_closed);

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace standin
