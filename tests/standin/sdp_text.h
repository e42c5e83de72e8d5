// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace standin {

// The SDP without a=msid, a=msid-semantic, a=ssrc and a=ssrc-group: the SDK writes "a=msid:-", and
// passed on as it is another SDK receives RTP and plays nothing.
std::string strip_stream_ids(std::string_view sdp);

// Hold as RFC 2543 had it: every connection address is 0.0.0.0.
std::string with_zero_address(std::string_view sdp);

}  // namespace standin
