// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sdp_text.h"

#include "sip_text.h"

namespace standin {

namespace {

// Line by line, each with its end; rewrite() gives what takes its place.
template <typename Rewrite>
std::string rewritten(std::string_view sdp, Rewrite rewrite) {
  std::string out;
  while (!sdp.empty()) {
    const auto end = sdp.find('\n');
    const auto line = sdp.substr(0, end == std::string_view::npos ? end : end + 1);
    sdp.remove_prefix(line.size());
    out += rewrite(line);
  }
  return out;
}

}  // namespace

std::string strip_stream_ids(std::string_view sdp) {
  return rewritten(sdp, [](std::string_view line) {
    return starts_with(line, "a=msid") || starts_with(line, "a=ssrc") ? "" : line;
  });
}

std::string with_zero_address(std::string_view sdp) {
  return rewritten(sdp, [](std::string_view line) {
    return starts_with(line, "c=IN IP4 ") ? "c=IN IP4 0.0.0.0\r\n" : line;
  });
}

}  // namespace standin
