// SPDX-License-Identifier: LGPL-2.1-or-later
//
// One direction of SRTP by libsrtp, and the RTP packets that go into it.
#pragma once

#include <srtp2/srtp.h>

#include <cstdint>
#include <span>
#include <vector>

namespace bench {

// Where there is no DTLS.
inline const std::vector<std::uint8_t> kPlainKey(30, 0x42);

struct RtpStream {
  explicit RtpStream(std::uint32_t its_ssrc) : ssrc(its_ssrc) {}

  std::vector<std::uint8_t> packet(int payload_type, std::span<const std::uint8_t> payload) const;
  void advance(std::uint32_t step);

  std::uint32_t ssrc;
  std::uint16_t sequence = 0;
  std::uint32_t timestamp = 0;
};

class SrtpContext {
 public:
  enum Way { kSends, kReceives };

  SrtpContext(std::vector<std::uint8_t> key, Way way);
  ~SrtpContext();
  SrtpContext(const SrtpContext&) = delete;
  SrtpContext& operator=(const SrtpContext&) = delete;

  std::vector<std::uint8_t> seal(std::span<const std::uint8_t> packet);
  // The payload of a packet, opened in place; empty if it is not good.
  std::span<const std::uint8_t> open(std::span<std::uint8_t> packet);

 private:
  std::vector<std::uint8_t> key_;
  srtp_t session_ = nullptr;
};

}  // namespace bench
