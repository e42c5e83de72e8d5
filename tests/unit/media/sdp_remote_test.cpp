// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gtest/gtest.h>

#include "media/remote_sdp.h"
#include "sdp_samples.h"

namespace rc::media::test {
namespace {

TEST(RemoteSdp, ReadsRingCentralsOfferOf2024) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  const auto sdp = parse_remote_sdp(sample("rc-offer-inbound-2024.sdp"));
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  const RemoteSdp& it = sdp.value();
  // RED 63 and OPUS/16000 109 are not among them.
  const std::vector<Format> formats = {{Codec::kOpus, 111}, {Codec::kPcmu, 0}, {Codec::kPcma, 8}};
  EXPECT_EQ(it.formats, formats);
  EXPECT_EQ(it.telephone_event, 101);
  EXPECT_EQ(it.ufrag, "AKvO");
  EXPECT_EQ(it.pwd, "C70ZBUSJgi2QfCglrI0RVl");
  EXPECT_EQ(it.fingerprint.algorithm, "sha-256");
  EXPECT_EQ(it.setup, "actpass");
  EXPECT_EQ(it.line().mid, "0");
  EXPECT_FALSE(it.bundled);
  EXPECT_TRUE(it.rtcp_mux);
  ASSERT_EQ(it.candidates.size(), 1U);  // component 2 is left out
  EXPECT_EQ(it.candidates[0], "371830e3 1 UDP 4294902018 203.0.113.111 48036 typ host");
}

TEST(RemoteSdp, ReadsRingCentralsOfferOf2019) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  const auto sdp = parse_remote_sdp(sample("rc-offer-inbound-2019.sdp"));
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  const RemoteSdp& it = sdp.value();
  EXPECT_EQ(it.line().profile, "RTP/SAVPF");
  EXPECT_EQ(it.line().mid, "");
  EXPECT_EQ(it.fingerprint.algorithm, "sha-1");
  EXPECT_EQ(it.formats.front(), (Format{Codec::kOpus, 111}));
}

TEST(RemoteSdp, ReadsRingCentralsAnswer) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  const auto sdp = parse_remote_sdp(sample("rc-answer-outbound-composed.sdp"));
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  EXPECT_EQ(sdp.value().setup, "passive");
  EXPECT_EQ(sdp.value().formats.size(), 1U);
}

TEST(RemoteSdp, RefusesSdesAndAFragment) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  for (const char* name : {"rc-offer-tls-srtp-2025.sdp", "rc-answer-2022-fragment.sdp"}) {
    const auto sdp = parse_remote_sdp(sample(name));
    ASSERT_FALSE(sdp.ok()) << name;
    EXPECT_EQ(sdp.error().code, Errc::kRejected);
  }
}

TEST(RemoteSdp, ReadsChromium) {
  const auto sdp = parse_remote_sdp(kChromiumOffer);
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  const RemoteSdp& it = sdp.value();
  EXPECT_TRUE(it.bundled);
  EXPECT_EQ(it.formats.front(), (Format{Codec::kOpus, 111}));
  EXPECT_EQ(it.telephone_event, 126);   // not the 48 kHz one
  EXPECT_EQ(it.candidates.size(), 2U);  // no TCP
}

TEST(RemoteSdp, TakesTheFirstUsableAudioLine) {
  const std::string video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n";
  const std::string plain = "m=audio 9 RTP/AVP 0\r\na=mid:p\r\n";
  std::string offer = kChromiumOffer;
  offer.insert(offer.find("m=audio"), video + plain);
  const auto sdp = parse_remote_sdp(offer + video);
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  EXPECT_EQ(sdp.value().lines.size(), 4U);
  EXPECT_EQ(sdp.value().index, 2U);
}

struct Bad {
  const char* what;
  std::string sdp;
};

TEST(RemoteSdp, RefusesWhatItCannotUse) {
  const std::string good = kChromiumOffer;
  const std::string line = "m=video 0 RTP/AVP 96\r\n";
  std::string nine = good, long_text = good;
  for (int i = 0; i < 8; ++i) nine += line;
  while (long_text.size() <= 32 * 1024) long_text += "a=x:yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\r\n";
  const std::vector<Bad> all = {
      {"empty", ""},
      {"no m-line", "v=0\r\no=- 1 1 IN IP4 1.2.3.4\r\ns=-\r\nt=0 0\r\n"},
      {"over 8 m-lines", nine},
      {"over 32 KiB", long_text},
      {"NUL", good + std::string(1, '\0')},
      {"refused", replaced(good, "m=audio 46456", "m=audio 0")},
      {"plain RTP", replaced(good, "UDP/TLS/RTP/SAVPF", "RTP/AVP")},
      {"no codec", replaced(good, "111 63 9 0 8 13 110 126", "63 9 13 126")},
      {"no fingerprint", replaced(good, "a=fingerprint", "a=finger")},
      {"short digest", replaced(good, "sha-256 7F:", "sha-256 ")},
      {"sha-1 beside mid", replaced(good, "sha-256 " + digest(32), "sha-1 " + digest(20))},
      {"no ufrag", replaced(good, "a=ice-ufrag", "a=ufrag")},
      {"short pwd", replaced(good, "a=ice-pwd:", "a=ice-pwd:x\r\na=y:")},
      {"holdconn", replaced(good, "a=setup:actpass", "a=setup:holdconn")},
  };
  for (const Bad& it : all) {
    const auto sdp = parse_remote_sdp(it.sdp);
    ASSERT_FALSE(sdp.ok()) << it.what;
    EXPECT_EQ(sdp.error().code, Errc::kRejected) << it.what;
  }
}

TEST(RemoteSdp, WantsTheStrongestFingerprintOfSeveral) {
  const std::string weak = "a=fingerprint:sha-1 " + digest(20) + "\r\n";
  const std::string strong = "a=fingerprint:sha-512 " + digest(64) + "\r\n";
  std::string offer = kChromiumOffer;
  offer.insert(offer.find("a=setup"), weak + strong + weak);
  const auto sdp = parse_remote_sdp(offer);
  ASSERT_TRUE(sdp.ok());
  EXPECT_EQ(sdp.value().fingerprint.algorithm, "sha-512");
}

TEST(RemoteSdp, ReadsDirectionsOfTheLineBeforeThoseOfTheSession) {
  const std::string good = kChromiumOffer;
  EXPECT_EQ(parse_remote_sdp(good).value().direction, Direction::kSendRecv);
  const std::string held = replaced(good, "a=sendrecv", "a=sendonly");
  EXPECT_EQ(parse_remote_sdp(held).value().direction, Direction::kSendOnly);
  const std::string session =
      replaced(replaced(good, "a=sendrecv\r\n", ""), "t=0 0", "t=0 0\r\na=inactive");
  EXPECT_EQ(parse_remote_sdp(session).value().direction, Direction::kInactive);
}

TEST(RemoteSdp, KnowsAnIceRestartAndAnotherPeer) {
  const auto one = parse_remote_sdp(kChromiumOffer).value();
  EXPECT_TRUE(same_transport(one, one));
  const auto restart = replaced(kChromiumOffer, "a=ice-ufrag:", "a=ice-ufrag:new");
  EXPECT_FALSE(same_transport(one, parse_remote_sdp(restart).value()));
  const auto other = replaced(kChromiumOffer, "sha-256 7F", "sha-256 80");
  EXPECT_FALSE(same_transport(one, parse_remote_sdp(other).value()));
}

TEST(WebRtcSdp, HasOneLineOneCodecAndAMid) {
  if (!have_samples()) GTEST_SKIP() << "no ../shared/protocol/samples";
  const auto remote = parse_remote_sdp(sample("rc-offer-inbound-2019.sdp")).value();
  const std::string text = webrtc_sdp(remote, remote.formats.front(), SdpKind::kOffer);
  EXPECT_NE(text.find("m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=rtpmap:111 opus/48000/2\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=mid:0\r\n"), std::string::npos);
  EXPECT_NE(text.find("a=sendrecv\r\n"), std::string::npos);
  EXPECT_EQ(text.find("rtcp-fb"), std::string::npos);
  const auto again = parse_remote_sdp(replaced(text, "sha-1 ", "sha-256 " + digest(12) + ":"));
  EXPECT_TRUE(again.ok()) << again.error().message;
}

TEST(WebRtcSdp, LeavesUsTheActivePartInAnAnswerThatDoesNotChoose) {
  auto remote = parse_remote_sdp(kChromiumOffer).value();
  EXPECT_NE(webrtc_sdp(remote, remote.formats[0], SdpKind::kAnswer).find("a=setup:passive"),
            std::string::npos);
  remote.setup = "active";
  EXPECT_NE(webrtc_sdp(remote, remote.formats[0], SdpKind::kAnswer).find("a=setup:active"),
            std::string::npos);
}

}  // namespace
}  // namespace rc::media::test
