// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::media {

// The digest of a certificate that SDP announces (RFC 8122).
struct Fingerprint {
  std::string algorithm;  // lower case: "sha-256"
  std::string digest;     // upper case hex with colons
  bool operator==(const Fingerprint&) const = default;
};

// Reads the value of a=fingerprint. Algorithms we know: sha-1, sha-256, sha-384, sha-512.
Result<Fingerprint> parse_fingerprint(std::string_view value);

// For choosing the strongest of several; sha-1 is 1.
int strength(const Fingerprint& fingerprint);

// Whether the certificate (PEM) is the announced one.
//
// webrtcbin does not compare them, up to 1.22 at least (measured: a call with a wrong a=fingerprint
// has audio), so whoever can reach our UDP port during set-up could take the call over.
bool matches(const Fingerprint& announced, std::string_view certificate_pem);

}  // namespace rc::media
