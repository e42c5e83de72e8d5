// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The far end's part of DTLS-SRTP: the server's side of a handshake, without a socket.
#pragma once

#include <gnutls/gnutls.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace bench {

// One certificate for all calls.
class DtlsIdentity {
 public:
  DtlsIdentity();
  ~DtlsIdentity();
  DtlsIdentity(const DtlsIdentity&) = delete;
  DtlsIdentity& operator=(const DtlsIdentity&) = delete;

  const std::string& fingerprint() const { return fingerprint_; }  // "AA:BB:.." of SHA-256
  gnutls_certificate_credentials_t credentials() const { return credentials_; }

 private:
  gnutls_certificate_credentials_t credentials_ = nullptr;
  std::string fingerprint_;
};

class DtlsServer {
 public:
  using Send = std::function<void(std::span<const std::uint8_t>)>;

  DtlsServer(const DtlsIdentity& identity, Send send);
  ~DtlsServer();
  DtlsServer(const DtlsServer&) = delete;
  DtlsServer& operator=(const DtlsServer&) = delete;

  void receive(std::span<const std::uint8_t> datagram);
  // Key and salt with which the server encrypts, AES_CM_128_HMAC_SHA1_80; empty until then.
  const std::vector<std::uint8_t>& send_key() const { return send_key_; }

 private:
  static ssize_t on_push(gnutls_transport_ptr_t self, const void* data, std::size_t size);
  static ssize_t on_pull(gnutls_transport_ptr_t self, void* data, std::size_t size);
  static int on_pull_timeout(gnutls_transport_ptr_t self, unsigned ms);
  void take_key();

  gnutls_session_t session_ = nullptr;
  Send send_;
  std::span<const std::uint8_t> datagram_;  // not read yet
  std::vector<std::uint8_t> send_key_;
};

}  // namespace bench
