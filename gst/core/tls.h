// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gio/gio.h>

#include <optional>
#include <string>

#include "core/result.h"

namespace rc {

// Our own judgement of a TLS connection to `host`, to be asked when its handshake is done and
// before the first byte is sent: kConfig unless the certificate verified without any fault, names
// the host as an alternative name, and TLS is at least 1.2. Not left to "accept-certificate": GLib
// takes a bare Common Name and TLS 1.1, and resumes without a verdict what an insecure connection
// of this process has begun (measured, glib-networking 2.74).
std::optional<Error> tls_fault(GTlsConnection* connection, const std::string& host);

// What to say when the handshake itself failed because of these.
Error bad_certificate(GTlsCertificateFlags faults, const std::string& host);

}  // namespace rc
