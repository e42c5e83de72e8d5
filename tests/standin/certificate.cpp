// SPDX-License-Identifier: LGPL-2.1-or-later
#include "certificate.h"

#include <glib/gstdio.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include <array>
#include <ctime>
#include <memory>
#include <type_traits>

namespace standin {
namespace {

using Key =
    std::unique_ptr<std::remove_pointer_t<gnutls_x509_privkey_t>, void (*)(gnutls_x509_privkey_t)>;
using Crt = std::unique_ptr<std::remove_pointer_t<gnutls_x509_crt_t>, void (*)(gnutls_x509_crt_t)>;

constexpr time_t kDay = 24 * 60 * 60;

Key make_key() {
  gnutls_x509_privkey_t key = nullptr;
  gnutls_x509_privkey_init(&key);
  gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
                               GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0);
  return {key, gnutls_x509_privkey_deinit};
}

void name_certificate(gnutls_x509_crt_t crt) {
  static constexpr std::string_view kName = "RingCentral stand-in";
  static constexpr std::array<unsigned char, 4> kLoopback = {127, 0, 0, 1};
  static constexpr std::string_view kHost = "localhost";
  gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, kName.data(), kName.size());
  gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, kLoopback.data(),
                                       kLoopback.size(), GNUTLS_FSAN_SET);
  gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, kHost.data(), kHost.size(),
                                       GNUTLS_FSAN_APPEND);
}

// Its own authority and a server certificate in one, valid from yesterday for a month.
Crt make_certificate(gnutls_x509_privkey_t key) {
  gnutls_x509_crt_t crt = nullptr;
  gnutls_x509_crt_init(&crt);
  const guint32 serial = g_random_int() | 1U;
  gnutls_x509_crt_set_version(crt, 3);
  gnutls_x509_crt_set_serial(crt, &serial, sizeof serial);
  gnutls_x509_crt_set_activation_time(crt, std::time(nullptr) - kDay);
  gnutls_x509_crt_set_expiration_time(crt, std::time(nullptr) + 30 * kDay);
  name_certificate(crt);
  gnutls_x509_crt_set_basic_constraints(crt, 1, 0);
  gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_CERT_SIGN);
  gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
  gnutls_x509_crt_set_key(crt, key);
  gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
  return {crt, gnutls_x509_crt_deinit};
}

template <typename Export, typename Object>
std::string pem(Export export_object, Object object) {
  gnutls_datum_t data = {nullptr, 0};
  if (export_object(object, GNUTLS_X509_FMT_PEM, &data) != GNUTLS_E_SUCCESS) return {};
  std::string text(reinterpret_cast<char*>(data.data), data.size);
  gnutls_free(data.data);
  return text;
}

}  // namespace

Certificate::Certificate() {
  const Key key = make_key();
  const Crt crt = make_certificate(key.get());
  const std::string crt_pem = pem(gnutls_x509_crt_export2, crt.get());
  const std::string both = crt_pem + pem(gnutls_x509_privkey_export2, key.get());
  g_autoptr(GError) error = nullptr;
  g_autofree gchar* folder = g_dir_make_tmp("rc-standin-XXXXXX", &error);
  if (folder != nullptr) {
    folder_ = folder;
    ca_file_ = folder_ + "/ca.pem";
    g_file_set_contents(ca_file_.c_str(), crt_pem.c_str(), -1, &error);
  }
  if (error == nullptr) tls_ = g_tls_certificate_new_from_pem(both.c_str(), -1, &error);
  if (error != nullptr) error_ = error->message;
}

Certificate::~Certificate() {
  g_clear_object(&tls_);
  if (folder_.empty()) return;
  g_remove(ca_file_.c_str());
  g_rmdir(folder_.c_str());
}

}  // namespace standin
