// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace rc::media {

// The value of the peer's a=candidate, written anew, if it is one that we may send to: component 1
// (component 2 is RTCP without rtcp-mux, which we never do), UDP, an address and a port that one
// host can have. Not by name: webrtcbin 1.22 asks a resolver for every ".local" of the peer. What
// follows the type is left out.
std::optional<std::string> read_remote_candidate(std::string_view value);

}  // namespace rc::media
