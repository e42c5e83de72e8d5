// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

namespace rc {

// Whether a host is this machine itself: "localhost", or a loopback address (IPv6 without
// brackets). Other names are not looked up.
bool is_loopback(std::string_view host);

}  // namespace rc
