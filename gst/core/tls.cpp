// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/tls.h"

#include <array>
#include <memory>

#include "core/ref.h"

namespace rc {
namespace {

struct Reason {
  GTlsCertificateFlags fault;
  const char* text;  // and the next step
};

// The first that applies is told. An authority that is not trusted comes last: it is also missing
// when something worse is wrong.
constexpr std::array<Reason, 6> kReasons = {{
    {G_TLS_CERTIFICATE_EXPIRED,
     "its certificate has expired: renew it on the server, or set this machine's clock right"},
    {G_TLS_CERTIFICATE_NOT_ACTIVATED,
     "its certificate is not valid yet: set this machine's clock right"},
    {G_TLS_CERTIFICATE_REVOKED,
     "its certificate has been revoked: ask who runs the server, and do not connect before"},
    {G_TLS_CERTIFICATE_INSECURE,
     "its certificate is signed by an algorithm that is broken: renew it on the server"},
    {G_TLS_CERTIFICATE_BAD_IDENTITY,
     "its certificate is for another host: check the server's address"},
    {G_TLS_CERTIFICATE_UNKNOWN_CA,
     "no known authority signed its certificate: name the one that did in ca-file "
     "(RINGCENTRAL_CA_FILE) if you trust it"},
}};

Error unsafe(const std::string& host, const std::string& why) {
  return {Errc::kConfig, "The connection to " + host + " is not safe: " + why};
}

using Names = std::unique_ptr<GPtrArray, decltype(&g_ptr_array_unref)>;

bool names_address(GTlsCertificate* certificate, GInetAddress* address) {
  const Names addresses(g_tls_certificate_get_ip_addresses(certificate), g_ptr_array_unref);
  if (!addresses) return false;
  return g_ptr_array_find_with_equal_func(
             addresses.get(), address,
             [](gconstpointer a, gconstpointer b) {
               return g_inet_address_equal(G_INET_ADDRESS(const_cast<gpointer>(a)),
                                           G_INET_ADDRESS(const_cast<gpointer>(b)));
             },
             nullptr) != FALSE;
}

bool names_any_host(GTlsCertificate* certificate) {
  const Names names(g_tls_certificate_get_dns_names(certificate), g_ptr_array_unref);
  return names && names->len > 0;
}

// GnuTLS falls back to the Common Name when no alternative name is there, and takes an address that
// stands among the host names; RFC 9525 (6.3, 6.5) forbids both.
bool is_named_by_alternative(GTlsCertificate* certificate, const std::string& host) {
  if (certificate == nullptr) return false;
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(host.c_str()));
  return address ? names_address(certificate, address.get()) : names_any_host(certificate);
}

}  // namespace

Error bad_certificate(GTlsCertificateFlags faults, const std::string& host) {
  for (const Reason& reason : kReasons)
    if ((faults & reason.fault) != 0) return unsafe(host, reason.text);
  return unsafe(host, "its certificate does not verify: renew it on the server");
}

std::optional<Error> tls_fault(GTlsConnection* connection, const std::string& host) {
  const GTlsCertificateFlags faults = g_tls_connection_get_peer_certificate_errors(connection);
  if (faults != 0) return bad_certificate(faults, host);
  if (!is_named_by_alternative(g_tls_connection_get_peer_certificate(connection), host))
    return bad_certificate(G_TLS_CERTIFICATE_BAD_IDENTITY, host);
  if (g_tls_connection_get_protocol_version(connection) < G_TLS_PROTOCOL_VERSION_TLS_1_2)
    return unsafe(host, "it offers nothing newer than TLS 1.1: it must speak TLS 1.2 or later");
  return std::nullopt;
}

}  // namespace rc
