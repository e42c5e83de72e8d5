// SPDX-License-Identifier: LGPL-2.1-or-later
// What hostile SDP may not do: cost much, reach a resolver or the neighbours, or get past a limit.
#include <gtest/gtest.h>

#include <chrono>
#include <functional>

#include "media/local_sdp.h"
#include "media/remote_candidate.h"
#include "media/remote_sdp.h"
#include "sdp_samples.h"

namespace rc::media::test {
namespace {

// The good offer with lines put into its audio line.
std::string with_lines(const std::string& lines) {
  std::string offer = kChromiumOffer;
  offer.insert(offer.find("a=setup:"), lines);
  return offer;
}

std::string repeated(const std::string& text, size_t times) {
  std::string result;
  while (times-- > 0) result += text;
  return result;
}

bool is_refused(const std::string& sdp) {
  const auto parsed = parse_remote_sdp(sdp);
  return !parsed.ok() && parsed.error().code == Errc::kRejected;
}

TEST(SdpLimits, TakesEightLinesAndRefusesNine) {
  const std::string line = "m=video 0 RTP/AVP 96\r\n";
  EXPECT_FALSE(is_refused(kChromiumOffer + repeated(line, 7)));
  EXPECT_TRUE(is_refused(kChromiumOffer + repeated(line, 8)));
}

TEST(SdpLimits, Takes32KibibytesAndRefusesMore) {
  const std::string head = "i=";
  std::string offer = replaced(kChromiumOffer, "t=0 0", "i=@\r\nt=0 0");
  offer = replaced(offer, "@", std::string(32 * 1024 - offer.size() + 1, 'x'));
  ASSERT_EQ(offer.size(), 32U * 1024);
  EXPECT_FALSE(is_refused(offer));
  EXPECT_TRUE(is_refused(offer + "\n"));
}

TEST(SdpLimits, Takes64AttributesOfTheAudioLineAndRefusesMore) {
  const size_t has = 24;  // kChromiumOffer, without candidates
  EXPECT_FALSE(is_refused(with_lines(repeated("a=x:y\r\n", 64 - has))));
  EXPECT_TRUE(is_refused(with_lines(repeated("a=x:y\r\n", 65 - has))));
}

TEST(SdpLimits, DoesNotMindTheAttributesOfALineThatItRefuses) {
  const std::string video = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\n" + repeated("a=x:y\r\n", 200);
  EXPECT_FALSE(is_refused(kChromiumOffer + video));
}

TEST(SdpLimits, CollapsesACodecThatIsThereManyTimes) {
  std::string types, maps;
  for (int type = 96; type < 126; ++type) {
    types += " " + std::to_string(type);
    maps += "a=rtpmap:" + std::to_string(type) + " opus/48000/2\r\n";
  }
  const auto sdp = parse_remote_sdp(replaced(with_lines(maps), "SAVPF 111", "SAVPF" + types));
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  const std::vector<Format> formats = {{Codec::kOpus, 96}, {Codec::kPcmu, 0}, {Codec::kPcma, 8}};
  EXPECT_EQ(sdp.value().formats, formats);
}

TEST(SdpLimits, KeepsTheFirst32Candidates) {
  std::string lines;
  for (int port = 1; port <= 1000; ++port) {
    lines += "a=candidate:x 1 UDP 1 203.0.113.9 " + std::to_string(port) + " typ host\r\n";
  }
  const std::string offer = replaced(kChromiumOffer, "a=candidate", "a=other");
  const auto sdp = parse_remote_sdp(replaced(offer, "a=setup:", "@") + "a=setup:actpass\r\n" +
                                    lines.substr(0, 20'000));
  ASSERT_TRUE(sdp.ok()) << sdp.error().message;
  ASSERT_EQ(sdp.value().candidates.size(), 32U);
  EXPECT_EQ(sdp.value().candidates.back(), "x 1 UDP 1 203.0.113.9 32 typ host");
}

TEST(SdpLimits, ReadsACandidateByItsGrammar) {
  EXPECT_EQ(read_remote_candidate("a+/Z9 1 udp 4294967295 203.0.113.9 65535 typ srflx raddr 1.2"),
            "a+/Z9 1 UDP 4294967295 203.0.113.9 65535 typ srflx");
  EXPECT_EQ(read_remote_candidate(" 1 1 UDP 1 2001:db8::1 1 typ host generation 0 "),
            "1 1 UDP 1 2001:db8::1 1 typ host");
  EXPECT_EQ(read_remote_candidate("1 1 UDP 1 127.0.0.1 1 typ relay"),
            "1 1 UDP 1 127.0.0.1 1 typ relay");
}

TEST(SdpLimits, LeavesOutCandidatesThatWeMayNotSendTo) {
  const std::string good = "1 1 UDP 5 203.0.113.9 5000 typ host";
  ASSERT_TRUE(read_remote_candidate(good).has_value());
  const std::pair<const char*, std::string> all[] = {
      {"empty", ""},
      {"RTCP", replaced(good, "1 1 UDP", "1 2 UDP")},
      {"component 0", replaced(good, "1 1 UDP", "1 0 UDP")},
      {"TCP", replaced(good, "UDP", "TCP")},
      {"mDNS name", replaced(good, "203.0.113.9", "7e1d0b3a.local")},
      {"name", replaced(good, "203.0.113.9", "example.com")},
      {"link-local", replaced(good, "203.0.113.9", "169.254.1.1")},
      {"link-local IPv6", replaced(good, "203.0.113.9", "fe80::1")},
      {"scope", replaced(good, "203.0.113.9", "fe80::1%lo")},
      {"multicast", replaced(good, "203.0.113.9", "224.0.0.251")},
      {"multicast IPv6", replaced(good, "203.0.113.9", "ff02::1")},
      {"broadcast", replaced(good, "203.0.113.9", "255.255.255.255")},
      {"any", replaced(good, "203.0.113.9", "0.0.0.0")},
      {"port 0", replaced(good, "5000", "0")},
      {"port 65536", replaced(good, "5000", "65536")},
      {"negative port", replaced(good, "5000", "-1")},
      {"huge port", replaced(good, "5000", std::string(400, '9'))},
      {"priority 0", replaced(good, "UDP 5", "UDP 0")},
      {"priority of 33 bits", replaced(good, "UDP 5", "UDP 4294967296")},
      {"long foundation", std::string(33, '1') + good},
      {"foundation", "%n%s" + good},
      {"no typ", replaced(good, "typ", "x")},
      {"type", replaced(good, "host", "moon")},
      {"cut short", replaced(good, " host", "")},
  };
  for (const auto& [what, value] : all) EXPECT_FALSE(read_remote_candidate(value)) << what;
}

TEST(SdpLimits, RefusesControlCharactersAnywhere) {
  for (const char c : {'\0', '\x01', '\b', '\v', '\x1b', '\x7f'}) {
    for (const char* place : {"o=-", "m=audio", "a=candidate:1", "hUxF"}) {
      std::string offer = kChromiumOffer;
      offer.insert(offer.find(place) + 2, 1, c);
      EXPECT_TRUE(is_refused(offer)) << place << " " << int{c};
    }
  }
}

TEST(SdpLimits, BoundsIceCredentials) {
  const auto with = [](const std::string& ufrag, const std::string& pwd) {
    const std::string offer = replaced(kChromiumOffer, "a=ice-ufrag:hUxF", "a=ice-ufrag:" + ufrag);
    return replaced(offer, "a=ice-pwd:6yKbkKVmPrm2aPTKPZRMlUSv", "a=ice-pwd:" + pwd);
  };
  EXPECT_FALSE(is_refused(with(std::string(4, 'u'), std::string(22, 'p'))));
  EXPECT_FALSE(is_refused(with(std::string(256, 'u'), std::string(256, 'p'))));
  EXPECT_TRUE(is_refused(with(std::string(3, 'u'), std::string(22, 'p'))));
  EXPECT_TRUE(is_refused(with(std::string(257, 'u'), std::string(22, 'p'))));
  EXPECT_TRUE(is_refused(with(std::string(4, 'u'), std::string(21, 'p'))));
  EXPECT_TRUE(is_refused(with(std::string(4, 'u'), std::string(257, 'p'))));
  EXPECT_TRUE(is_refused(with("u u uu", std::string(22, 'p'))));
  EXPECT_TRUE(is_refused(with("u\xffuu", std::string(22, 'p'))));
}

TEST(SdpLimits, TakesNoPayloadTypeThatThereIsNot) {
  const auto sdp = parse_remote_sdp(
      replaced(kChromiumOffer, "SAVPF 111", "SAVPF 128 -1 4294967407 99999999999999999999 111x"));
  ASSERT_TRUE(sdp.ok());
  EXPECT_EQ(sdp.value().formats.front(), (Format{Codec::kPcmu, 0}));
}

// What cannot be meant is not repeated and reaches nobody: neither webrtcbin nor our answer.
TEST(SdpLimits, PassesOnNothingThatItDoesNotKnow) {
  const std::string lines =
      "a=ptime:0\r\na=ptime:99999999999999999999\r\na=maxptime:-1\r\na=rtcp:70000\r\n"
      "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" +
      std::string(4000, 'A') + "\r\na=x-%n%s:$(reboot)\r\n";
  const auto parsed = parse_remote_sdp(with_lines(lines));
  ASSERT_TRUE(parsed.ok()) << parsed.error().message;
  LocalSdp local;
  local.lines = parsed.value().lines;
  local.formats = {parsed.value().formats.front()};
  const std::string inward =
      webrtc_sdp(parsed.value(), parsed.value().formats.front(), SdpKind::kOffer);
  for (const char* unknown : {"crypto", "maxptime", "ptime:0", "x-%n", "rtcp:7", "9999"}) {
    EXPECT_EQ(inward.find(unknown), std::string::npos) << unknown;
    EXPECT_EQ(local.text().find(unknown), std::string::npos) << unknown;
  }
}

TEST(SdpLimits, RefusesADataChannelBesideTheAudio) {
  const auto parsed = parse_remote_sdp(
      kChromiumOffer + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n");
  ASSERT_TRUE(parsed.ok());
  LocalSdp local;
  local.lines = parsed.value().lines;
  local.index = parsed.value().index;
  local.formats = {parsed.value().formats.front()};
  EXPECT_NE(local.text().find("m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n"),
            std::string::npos);
  EXPECT_TRUE(is_refused(replaced(kChromiumOffer, "m=audio", "m=application")));
}

// Twice as long may not take four times as long: 32 KiB of the worst cost a few milliseconds.
TEST(SdpLimits, ReadsInTimeThatGrowsWithTheLength) {
  const size_t room = 30 * 1024;
  const auto fill = [room](const std::string& line) { return repeated(line, room / line.size()); };
  const std::string all[] = {
      with_lines(fill("a=\r\n")),
      with_lines(fill("a=rtpmap:9 x/1\r\n")),
      with_lines(fill("a=candidate:\r\n")),
      with_lines(fill("a=candidate:1 1 UDP 1 x.local 1 typ host\r\n")),
      with_lines(fill("a=fingerprint:sha-1 A\r\n")),
      replaced(kChromiumOffer, "t=0 0", "t=0 0\r\n" + fill("a=group:x\r\n")),
      replaced(kChromiumOffer, "SAVPF 111", "SAVPF " + fill("0 ") + "111"),
      replaced(kChromiumOffer, "SAVPF 111", "SAVPF " + fill("111 ")),
      fill("m=\r\n"),
      fill("v"),
  };
  for (const std::string& text : all) {
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < 10; ++i) (void)parse_remote_sdp(text).ok();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(1))
        << text.substr(0, 20);
  }
}

}  // namespace
}  // namespace rc::media::test
