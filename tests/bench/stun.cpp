// SPDX-License-Identifier: LGPL-2.1-or-later
#include "stun.h"

#include <arpa/inet.h>
#include <glib.h>

#include <array>

namespace bench {
namespace {

using Bytes = std::vector<std::uint8_t>;

constexpr std::size_t kHeader = 20;
constexpr std::uint32_t kCookie = 0x2112A442;
constexpr std::uint16_t kRequest = 0x0001, kSuccess = 0x0101;
constexpr std::uint16_t kIntegrity = 0x0008, kXorMappedAddress = 0x0020, kFingerprint = 0x8028;
constexpr std::uint32_t kFingerprintMask = 0x5354554e;

void put16(Bytes& out, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8));
  out.push_back(static_cast<std::uint8_t>(value));
}

void put32(Bytes& out, std::uint32_t value) {
  put16(out, value >> 16);
  put16(out, value & 0xffff);
}

// The length that counts `more` bytes behind what is there.
void set_length(Bytes& out, std::size_t more) {
  const std::size_t length = out.size() - kHeader + more;
  out[2] = static_cast<std::uint8_t>(length >> 8);
  out[3] = static_cast<std::uint8_t>(length);
}

std::uint32_t crc32(const Bytes& bytes) {
  std::uint32_t crc = 0xffffffff;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (0xedb88320 & (0U - (crc & 1)));
  }
  return ~crc;
}

void put_address(Bytes& out, const sockaddr_in& from) {
  put16(out, kXorMappedAddress);
  put16(out, 8);
  put16(out, 1);  // IPv4
  put16(out, ntohs(from.sin_port) ^ (kCookie >> 16));
  put32(out, ntohl(from.sin_addr.s_addr) ^ kCookie);
}

void put_integrity(Bytes& out, const std::string& password) {
  std::array<std::uint8_t, 20> digest{};
  gsize size = digest.size();
  set_length(out, 4 + digest.size());
  GHmac* hmac = g_hmac_new(G_CHECKSUM_SHA1, reinterpret_cast<const guchar*>(password.data()),
                           password.size());
  g_hmac_update(hmac, out.data(), static_cast<gssize>(out.size()));
  g_hmac_get_digest(hmac, digest.data(), &size);
  g_hmac_unref(hmac);
  put16(out, kIntegrity);
  put16(out, digest.size());
  out.insert(out.end(), digest.begin(), digest.end());
}

}  // namespace

Bytes stun_response(std::span<const std::uint8_t> request, const sockaddr_in& from,
                    const std::string& password) {
  if (request.size() < kHeader || request[0] != 0 || request[1] != kRequest) return {};
  Bytes out;
  put16(out, kSuccess);
  put16(out, 0);
  out.insert(out.end(), request.begin() + 4, request.begin() + kHeader);  // cookie, transaction
  put_address(out, from);
  put_integrity(out, password);
  set_length(out, 8);
  const std::uint32_t crc = crc32(out) ^ kFingerprintMask;
  put16(out, kFingerprint);
  put16(out, 4);
  put32(out, crc);
  return out;
}

}  // namespace bench
