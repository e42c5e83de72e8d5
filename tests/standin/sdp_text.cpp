// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sdp_text.h"

#include "sip_text.h"

namespace standin {

std::string strip_stream_ids(std::string_view sdp) {
  std::string out;
  while (!sdp.empty()) {
    const auto end = sdp.find('\n');
    const auto line = sdp.substr(0, end == std::string_view::npos ? end : end + 1);
    sdp.remove_prefix(line.size());
    if (!starts_with(line, "a=msid") && !starts_with(line, "a=ssrc")) out += line;
  }
  return out;
}

}  // namespace standin
