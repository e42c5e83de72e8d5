// SPDX-License-Identifier: LGPL-2.1-or-later
#include "issued.h"

#include <arpa/inet.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace rc::tls {
namespace {

void must(int result) { ASSERT_GE(result, 0) << gnutls_strerror(result); }

// A key and the certificate for it.
struct Pair {
  gnutls_x509_privkey_t key = nullptr;
  gnutls_x509_crt_t crt = nullptr;

  Pair() {
    must(gnutls_x509_privkey_init(&key));
    must(gnutls_x509_crt_init(&crt));
  }
  ~Pair() {
    gnutls_x509_crt_deinit(crt);
    gnutls_x509_privkey_deinit(key);
  }
  Pair(const Pair&) = delete;
  Pair& operator=(const Pair&) = delete;
};

template <typename Object>
std::string pem(int (*export_object)(Object, gnutls_x509_crt_fmt_t, gnutls_datum_t*),
                Object object) {
  gnutls_datum_t data = {nullptr, 0};
  must(export_object(object, GNUTLS_X509_FMT_PEM, &data));
  std::string text(reinterpret_cast<char*>(data.data), data.size);
  gnutls_free(data.data);
  return text;
}

void write(const std::filesystem::path& path, const Pair& pair) {
  std::ofstream(path) << pem(gnutls_x509_crt_export2, pair.crt)
                      << pem(gnutls_x509_privkey_export2, pair.key);
}

void read(const std::filesystem::path& path, Pair& pair) {
  std::ifstream file(path);
  std::string text(std::istreambuf_iterator<char>(file), {});
  gnutls_datum_t data = {reinterpret_cast<unsigned char*>(text.data()),
                         static_cast<unsigned>(text.size())};
  must(gnutls_x509_crt_import(pair.crt, &data, GNUTLS_X509_FMT_PEM));
  must(gnutls_x509_privkey_import(pair.key, &data, GNUTLS_X509_FMT_PEM));
}

void name(Pair& pair, const Claims& claims) {
  must(gnutls_x509_crt_set_dn_by_oid(pair.crt, GNUTLS_OID_X520_COMMON_NAME, 0,
                                     claims.common_name.data(),
                                     static_cast<unsigned>(claims.common_name.size())));
  for (const std::string& dns : claims.dns)
    must(gnutls_x509_crt_set_subject_alt_name(pair.crt, GNUTLS_SAN_DNSNAME, dns.data(),
                                              static_cast<unsigned>(dns.size()),
                                              GNUTLS_FSAN_APPEND));
  for (const std::string& address : claims.addresses) {
    in_addr bytes{};
    ASSERT_EQ(inet_pton(AF_INET, address.c_str(), &bytes), 1);
    must(gnutls_x509_crt_set_subject_alt_name(pair.crt, GNUTLS_SAN_IPADDRESS, &bytes, sizeof bytes,
                                              GNUTLS_FSAN_APPEND));
  }
}

void make(Pair& pair, const Claims& claims) {
  static unsigned char serial = 0;
  const auto now = std::chrono::system_clock::now();
  const auto at = [now](std::chrono::hours offset) {
    return std::chrono::system_clock::to_time_t(now + offset);
  };
  must(gnutls_x509_privkey_generate(pair.key, GNUTLS_PK_ECDSA,
                                    GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
  must(gnutls_x509_crt_set_version(pair.crt, 3));
  ++serial;
  must(gnutls_x509_crt_set_serial(pair.crt, &serial, sizeof serial));
  must(gnutls_x509_crt_set_activation_time(pair.crt, at(claims.valid_from)));
  must(gnutls_x509_crt_set_expiration_time(pair.crt, at(claims.valid_until)));
  must(gnutls_x509_crt_set_key(pair.crt, pair.key));
  name(pair, claims);
}

void make_authority(const std::filesystem::path& path, const std::string& common_name) {
  Pair pair;
  make(pair, {.common_name = common_name});
  must(gnutls_x509_crt_set_basic_constraints(pair.crt, 1, -1));
  must(gnutls_x509_crt_set_key_usage(pair.crt, GNUTLS_KEY_KEY_CERT_SIGN));
  must(gnutls_x509_crt_sign2(pair.crt, pair.crt, pair.key, GNUTLS_DIG_SHA256, 0));
  write(path, pair);
}

}  // namespace

Authority::Authority() {
  char path[] = "/tmp/rc-zoo-XXXXXX";
  folder_ = ::mkdtemp(path);
  make_authority(folder_ / "ca.pem", "authority");
  make_authority(folder_ / "stranger.pem", "stranger");
  // It has a good certificate, but none that lets it issue others.
  std::filesystem::rename(issue({.dns = {"localhost"}}), folder_ / "no-authority.pem");
}

Authority::~Authority() { std::filesystem::remove_all(folder_); }

std::string Authority::issue(const Claims& claims) {
  Pair pair, issuer;
  make(pair, claims);
  must(gnutls_x509_crt_set_basic_constraints(pair.crt, 0, -1));
  must(gnutls_x509_crt_set_key_usage(pair.crt, GNUTLS_KEY_DIGITAL_SIGNATURE));
  must(gnutls_x509_crt_set_key_purpose_oid(pair.crt, GNUTLS_KP_TLS_WWW_SERVER, 0));
  constexpr const char* kIssuers[] = {"ca.pem", "stranger.pem", nullptr, "no-authority.pem"};
  const char* signed_by = kIssuers[static_cast<size_t>(claims.issuer)];
  if (signed_by != nullptr) read(folder_ / signed_by, issuer);
  const Pair& signer = signed_by != nullptr ? issuer : pair;
  must(gnutls_x509_crt_sign2(pair.crt, signer.crt, signer.key,
                             claims.sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0));
  const auto path = folder_ / (std::to_string(++issued_) + ".pem");
  write(path, pair);
  if (signed_by != nullptr && claims.issuer == Claims::Issuer::kNoAuthority)
    std::ofstream(path, std::ios::app) << pem(gnutls_x509_crt_export2, issuer.crt);
  return path;
}

}  // namespace rc::tls
