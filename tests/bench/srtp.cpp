// SPDX-License-Identifier: LGPL-2.1-or-later
#include "srtp.h"

#include <algorithm>
#include <utility>

namespace bench {
namespace {

constexpr std::size_t kHeader = 12;

// The library counts users itself; ours is the process.
void start_library() {
  static const bool started = srtp_init() == srtp_err_status_ok;
  (void)started;
}

}  // namespace

std::vector<std::uint8_t> RtpStream::packet(int payload_type,
                                            std::span<const std::uint8_t> payload) const {
  std::vector<std::uint8_t> out(kHeader + payload.size());
  out[0] = 0x80;
  out[1] = static_cast<std::uint8_t>(payload_type);
  for (std::size_t i = 0; i < 2; ++i)
    out[2 + i] = static_cast<std::uint8_t>(sequence >> (8 - 8 * i));
  for (std::size_t i = 0; i < 4; ++i) {
    out[4 + i] = static_cast<std::uint8_t>(timestamp >> (24 - 8 * i));
    out[8 + i] = static_cast<std::uint8_t>(ssrc >> (24 - 8 * i));
  }
  std::copy(payload.begin(), payload.end(), out.begin() + kHeader);
  return out;
}

void RtpStream::advance(std::uint32_t step) {
  ++sequence;
  timestamp += step;
}

SrtpContext::SrtpContext(std::vector<std::uint8_t> key, Way way) : key_(std::move(key)) {
  start_library();
  srtp_policy_t policy{};
  srtp_crypto_policy_set_rtp_default(&policy.rtp);
  srtp_crypto_policy_set_rtcp_default(&policy.rtcp);
  policy.ssrc.type = way == kSends ? ssrc_any_outbound : ssrc_any_inbound;
  policy.key = key_.data();
  policy.window_size = 128;
  srtp_create(&session_, &policy);
}

SrtpContext::~SrtpContext() { srtp_dealloc(session_); }

std::vector<std::uint8_t> SrtpContext::seal(std::span<const std::uint8_t> packet) {
  std::vector<std::uint8_t> out(packet.begin(), packet.end());
  int size = static_cast<int>(out.size());
  out.resize(out.size() + SRTP_MAX_TRAILER_LEN);
  srtp_protect(session_, out.data(), &size);
  out.resize(static_cast<std::size_t>(size));
  return out;
}

std::span<const std::uint8_t> SrtpContext::open(std::span<std::uint8_t> packet) {
  int size = static_cast<int>(packet.size());
  if (srtp_unprotect(session_, packet.data(), &size) != srtp_err_status_ok) return {};
  return packet.subspan(kHeader, static_cast<std::size_t>(size) - kHeader);
}

}  // namespace bench
