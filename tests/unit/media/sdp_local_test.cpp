// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "media/local_sdp.h"
#include "sdp_samples.h"

namespace rc::media::test {
namespace {

bool has(const std::string& text, const std::string& line) {
  return text.find(line + "\r\n") != std::string::npos;
}

LocalTransport transport() {
  return {"ufrag",
          "a-password-of-22-characters",
          "sha-256 " + digest(32),
          "active",
          {"1 1 UDP 2015363327 203.0.113.9 40000 typ host",
           "2 1 UDP 1677721855 198.51.100.9 40001 typ srflx raddr 203.0.113.9 rport 40000",
           "3 1 UDP 2015363583 2001:db8::9 40002 typ host"}};
}

TEST(LocalSdp, OffersAllOurCodecs) {
  LocalSdp sdp;
  sdp.id = 42;
  sdp.transport = transport();
  sdp.transport.setup = "actpass";
  for (const CodecInfo& it : codecs()) sdp.formats.push_back({it.codec, it.payload_type});
  sdp.telephone_event = 101;
  const std::string text = sdp.text();
  // The address that a peer without ICE would reach: the one that STUN saw.
  EXPECT_TRUE(has(text, "o=- 42 1 IN IP4 198.51.100.9"));
  EXPECT_TRUE(has(text, "c=IN IP4 198.51.100.9"));
  EXPECT_TRUE(has(text, "m=audio 40001 UDP/TLS/RTP/SAVPF 111 0 8 101"));
  EXPECT_TRUE(has(text, "a=rtpmap:101 telephone-event/8000"));
  EXPECT_TRUE(has(text, "a=ptime:20"));
  EXPECT_TRUE(has(text, "a=rtcp-mux"));
  EXPECT_TRUE(has(text, "a=group:BUNDLE 0"));
  const auto read = parse_remote_sdp(text);
  ASSERT_TRUE(read.ok()) << read.error().message;
  EXPECT_EQ(read.value().formats.size(), 3U);
  EXPECT_EQ(read.value().candidates.size(), 3U);
}

TEST(LocalSdp, AnswersInTheFormOfTheOffer) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  const auto offer = parse_remote_sdp(sample("rc-offer-inbound-2019.sdp")).value();
  LocalSdp sdp;
  sdp.transport = transport();
  sdp.formats = {offer.formats.front()};
  sdp.telephone_event = offer.telephone_event;
  sdp.lines = offer.lines;
  sdp.bundled = offer.bundled;
  const std::string text = sdp.text();
  EXPECT_TRUE(has(text, "m=audio 40001 RTP/SAVPF 111 101"));
  EXPECT_EQ(text.find("a=mid"), std::string::npos);
  EXPECT_EQ(text.find("BUNDLE"), std::string::npos);
  for (const char* never : {"a=ssrc", "a=msid", "trickle", "tcptype"}) {
    EXPECT_EQ(text.find(never), std::string::npos) << never;
  }
}

TEST(LocalSdp, RefusesAllOtherLinesInTheirPlaces) {
  std::string offer = kChromiumOffer;
  offer.insert(offer.find("m=audio"), "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\n");
  const auto remote = parse_remote_sdp(offer).value();
  LocalSdp sdp;
  sdp.transport = transport();
  sdp.formats = {remote.formats.front()};
  sdp.lines = remote.lines;
  sdp.index = remote.index;
  const std::string text = sdp.text();
  const size_t video = text.find("m=video 0 UDP/TLS/RTP/SAVPF 96 97\r\na=mid:v\r\n");
  ASSERT_NE(video, std::string::npos);
  EXPECT_LT(video, text.find("m=audio 40001"));
  EXPECT_TRUE(has(text, "a=group:BUNDLE 0"));
}

TEST(LocalSdp, TakesFromWebrtcbinWhatAPeerMayKnow) {
  GstSDPMessage* message = nullptr;
  const std::string text = replaced(
      kChromiumOffer, "a=candidate:1 1 udp",
      "a=candidate:7 1 udp 5 169.254.1.1 5 typ host\r\na=candidate:8 1 udp 5 fe80::1 5 typ host\r\n"
      "a=candidate:9 2 udp 5 203.0.113.20 5 typ host\r\na=candidate:1 1 udp");
  ASSERT_EQ(gst_sdp_message_new_from_text(text.c_str(), &message), GST_SDP_OK);
  const auto transport = read_local_transport(message);
  gst_sdp_message_free(message);
  ASSERT_TRUE(transport.ok());
  EXPECT_EQ(transport.value().ufrag, "hUxF");
  EXPECT_EQ(transport.value().candidates.size(), 2U);
}

TEST(LocalSdp, AnswersDirections) {
  using enum Direction;
  EXPECT_EQ(answer_direction(kSendRecv, false), kSendRecv);
  EXPECT_EQ(answer_direction(kSendOnly, false), kRecvOnly);
  EXPECT_EQ(answer_direction(kRecvOnly, false), kSendOnly);
  EXPECT_EQ(answer_direction(kInactive, false), kInactive);
  EXPECT_EQ(answer_direction(kSendRecv, true), kSendOnly);
  EXPECT_EQ(answer_direction(kSendOnly, true), kInactive);
}

}  // namespace
}  // namespace rc::media::test
