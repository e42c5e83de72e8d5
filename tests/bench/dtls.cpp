// SPDX-License-Identifier: LGPL-2.1-or-later
#include "dtls.h"

#include <gnutls/dtls.h>
#include <gnutls/x509.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace bench {
namespace {

constexpr unsigned kMtu = 1200;
constexpr std::time_t kDay = 24 * 60 * 60;

void sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key) {
  constexpr std::uint8_t kSerial = 1;
  constexpr const char* kName = "bench";
  gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                               GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
  gnutls_x509_crt_set_version(crt, 3);
  gnutls_x509_crt_set_serial(crt, &kSerial, sizeof kSerial);
  gnutls_x509_crt_set_activation_time(crt, std::time(nullptr) - kDay);
  gnutls_x509_crt_set_expiration_time(crt, std::time(nullptr) + kDay);
  gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, kName,
                                static_cast<unsigned>(std::strlen(kName)));
  gnutls_x509_crt_set_key(crt, key);
  gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

std::string fingerprint_of(gnutls_x509_crt_t crt) {
  std::array<std::uint8_t, 32> digest{};
  std::size_t size = digest.size();
  gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, digest.data(), &size);
  std::string text;
  for (const std::uint8_t byte : digest) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%02X:", byte);
    text += hex.data();
  }
  text.pop_back();
  return text;
}

}  // namespace

DtlsIdentity::DtlsIdentity() {
  gnutls_x509_privkey_t key = nullptr;
  gnutls_x509_crt_t crt = nullptr;
  gnutls_x509_privkey_init(&key);
  gnutls_x509_crt_init(&crt);
  sign(crt, key);
  fingerprint_ = fingerprint_of(crt);
  gnutls_certificate_allocate_credentials(&credentials_);
  gnutls_certificate_set_x509_key(credentials_, &crt, 1, key);
  gnutls_x509_crt_deinit(crt);
  gnutls_x509_privkey_deinit(key);
}

DtlsIdentity::~DtlsIdentity() { gnutls_certificate_free_credentials(credentials_); }

DtlsServer::DtlsServer(const DtlsIdentity& identity, Send send) : send_(std::move(send)) {
  gnutls_init(&session_, GNUTLS_SERVER | GNUTLS_DATAGRAM | GNUTLS_NONBLOCK);
  gnutls_priority_set_direct(session_, "NORMAL:-VERS-ALL:+VERS-DTLS1.2", nullptr);
  gnutls_credentials_set(session_, GNUTLS_CRD_CERTIFICATE, identity.credentials());
  gnutls_certificate_server_set_request(session_, GNUTLS_CERT_REQUEST);
  gnutls_srtp_set_profile(session_, GNUTLS_SRTP_AES128_CM_HMAC_SHA1_80);
  gnutls_dtls_set_mtu(session_, kMtu);
  gnutls_transport_set_ptr(session_, this);
  gnutls_transport_set_push_function(session_, &DtlsServer::on_push);
  gnutls_transport_set_pull_function(session_, &DtlsServer::on_pull);
  gnutls_transport_set_pull_timeout_function(session_, &DtlsServer::on_pull_timeout);
}

DtlsServer::~DtlsServer() { gnutls_deinit(session_); }

void DtlsServer::receive(std::span<const std::uint8_t> datagram) {
  if (!send_key_.empty()) return;
  datagram_ = datagram;
  if (gnutls_handshake(session_) == GNUTLS_E_SUCCESS) take_key();
  datagram_ = {};
}

void DtlsServer::take_key() {
  std::array<std::uint8_t, 256> material{};
  gnutls_datum_t key{}, salt{};
  if (gnutls_srtp_get_keys(session_, material.data(), static_cast<unsigned>(material.size()),
                           nullptr, nullptr, &key, &salt) < 0)
    return;
  send_key_.assign(key.data, key.data + key.size);
  send_key_.insert(send_key_.end(), salt.data, salt.data + salt.size);
}

ssize_t DtlsServer::on_push(gnutls_transport_ptr_t self, const void* data, std::size_t size) {
  static_cast<DtlsServer*>(self)->send_({static_cast<const std::uint8_t*>(data), size});
  return static_cast<ssize_t>(size);
}

ssize_t DtlsServer::on_pull(gnutls_transport_ptr_t self, void* data, std::size_t size) {
  auto& rest = static_cast<DtlsServer*>(self)->datagram_;
  if (rest.empty()) {
    gnutls_transport_set_errno(static_cast<DtlsServer*>(self)->session_, EAGAIN);
    return -1;
  }
  const std::size_t count = std::min(size, rest.size());
  std::memcpy(data, rest.data(), count);
  rest = {};
  return static_cast<ssize_t>(count);
}

int DtlsServer::on_pull_timeout(gnutls_transport_ptr_t self, unsigned) {
  return static_cast<DtlsServer*>(self)->datagram_.empty() ? 0 : 1;
}

}  // namespace bench
