// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The far end's part of ICE: it is lite (RFC 8445 2.5), so all it does is answer checks.
#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace bench {

// The response to a binding request from `from`; empty if it is none. Nothing is verified: this is
// a load generator on loopback.
std::vector<std::uint8_t> stun_response(std::span<const std::uint8_t> request,
                                        const sockaddr_in& from, const std::string& password);

}  // namespace bench
