// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sdp_samples.h"

#include <filesystem>
#include <fstream>
#include <sstream>

namespace rc::media::test {

bool have_samples() { return std::filesystem::exists(RC_SAMPLES); }

std::string sample(const std::string& name) {
  std::ifstream file(std::string(RC_SAMPLES) + "/sdp/" + name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

std::string digest(size_t bytes) {
  std::string text = "7F";
  while (text.size() < bytes * 3 - 1) text += ":7F";
  return text;
}

std::string replaced(std::string text, const std::string& what, const std::string& with) {
  for (size_t at = text.find(what); at != std::string::npos;
       at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
  return text;
}

const std::string kChromiumOffer =
    "v=0\r\no=- 8472390487234 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
    "a=group:BUNDLE 0\r\na=extmap-allow-mixed\r\na=msid-semantic: WMS abc\r\n"
    "m=audio 46456 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126\r\n"
    "c=IN IP4 203.0.113.20\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
    "a=candidate:1 1 udp 2122260223 203.0.113.20 46456 typ host generation 0 network-id 1\r\n"
    "a=candidate:2 1 udp 1686052607 198.51.100.7 46456 typ srflx raddr 203.0.113.20 rport 46456\r\n"
    "a=candidate:3 1 tcp 1518280447 203.0.113.20 9 typ host tcptype active generation 0\r\n"
    "a=ice-ufrag:hUxF\r\na=ice-pwd:6yKbkKVmPrm2aPTKPZRMlUSv\r\na=ice-options:trickle\r\n"
    "a=fingerprint:sha-256 " +
    digest(32) +
    "\r\na=setup:actpass\r\na=mid:0\r\n"
    "a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"
    "a=sendrecv\r\na=msid:abc def\r\na=rtcp-mux\r\n"
    "a=rtpmap:111 opus/48000/2\r\na=rtcp-fb:111 transport-cc\r\n"
    "a=fmtp:111 minptime=10;useinbandfec=1\r\na=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n"
    "a=rtpmap:9 G722/8000\r\na=rtpmap:0 PCMU/8000\r\na=rtpmap:8 PCMA/8000\r\na=rtpmap:13 "
    "CN/8000\r\n"
    "a=rtpmap:110 telephone-event/48000\r\na=rtpmap:126 telephone-event/8000\r\n"
    "a=ssrc:2736491 cname:xyz\r\na=ssrc:2736491 msid:abc def\r\n";

}  // namespace rc::media::test
