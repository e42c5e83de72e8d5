// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace standin {

// The SDP without a=msid, a=msid-semantic, a=ssrc and a=ssrc-group: the SDK writes "a=msid:-", and
// passed on as it is another SDK receives RTP and plays nothing.
std::string strip_stream_ids(std::string_view sdp);

}  // namespace standin
