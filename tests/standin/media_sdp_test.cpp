// SPDX-License-Identifier: LGPL-2.1-or-later
//
// The SDP texts of the media end point, against RingCentral's published ones.
#include "media_sdp.h"

#include <gtest/gtest.h>

#include <string>

namespace standin::media {
namespace {

const std::vector<Codec> kAll = {Codec::kOpus, Codec::kPcmu, Codec::kPcma};

std::string crlf(const std::string& text) {
  std::string out;
  for (char c : text) out += c == '\n' ? std::string("\r\n") : std::string(1, c);
  return out;
}

// ../shared/protocol/samples/sdp/rc-offer-inbound-2024.sdp
constexpr char kOffer2024[] = R"(v=0
o=- 1064673365023257083 6735761771923067257 IN IP4 203.0.113.111
s=SmcSip
c=IN IP4 203.0.113.111
t=0 0
a=ice-options:ice2 trickle renomination
a=ice-pacing:50
a=ice-ufrag:AKvO
a=ice-pwd:C70ZBUSJgi2QfCglrI0RVl
a=fingerprint:sha-256 89:03:03:DE
m=audio 48036 UDP/TLS/RTP/SAVPF 63 109 111 18 0 8 9 96 101
a=sendrecv
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:109 OPUS/16000
a=fmtp:109 useinbandfec=1;usedtx=0
a=rtpmap:111 OPUS/48000/2
a=fmtp:111 useinbandfec=1;usedtx=0
a=rtpmap:18 g729/8000
a=fmtp:18 annexb=no
a=rtpmap:0 pcmu/8000
a=rtpmap:8 pcma/8000
a=rtpmap:9 g722/8000
a=rtpmap:96 ilbc/8000
a=fmtp:96 mode=20
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=rtcp-fb:109 ccm tmmbr
a=rtcp-fb:111 ccm tmmbr
a=mid:0
a=setup:actpass
a=candidate:371830e3 1 UDP 4294902018 203.0.113.111 48036 typ host
a=candidate:371830e3 2 UDP 4294902531 203.0.113.111 48037 typ host
a=end-of-candidates
a=rtcp-mux
a=rtcp:48037
)";

// ../shared/protocol/samples/sdp/rc-offer-inbound-2019.sdp
constexpr char kOffer2019[] = R"(v=0
o=- 7066956197903366029 7997658033229634982 IN IP4 203.0.113.182
s=SmcSip
c=IN IP4 203.0.113.182
t=0 0
m=audio 29768 RTP/SAVPF 109 111 18 0 8 9 96 101
a=rtpmap:109 OPUS/16000
a=fmtp:109 useinbandfec=1
a=rtcp-fb:109 ccm tmmbr
a=rtpmap:111 OPUS/48000/2
a=fmtp:111 useinbandfec=1
a=rtcp-fb:111 ccm tmmbr
a=rtpmap:18 g729/8000
a=fmtp:18 annexb=no
a=rtpmap:0 pcmu/8000
a=rtpmap:8 pcma/8000
a=rtpmap:9 g722/8000
a=rtpmap:96 ilbc/8000
a=fmtp:96 mode=20
a=rtpmap:101 telephone-event/8000
a=fmtp:101 0-15
a=sendrecv
a=rtcp:29769
a=rtcp-mux
a=setup:actpass
a=fingerprint:sha-1 8E:C8:DB:21
a=ice-ufrag:mqlmHMAU
a=ice-pwd:QTEEF1lt81VyKvJvEHhabIh9JZ
a=candidate:Mjq5KtrBWhOTFixu 1 UDP 2130706431 203.0.113.182 29768 typ host
a=candidate:Mjq5KtrBWhOTFixu 2 UDP 2130706430 203.0.113.182 29769 typ host
)";

// What headless Chromium 12x offers, shortened, with a second stream.
constexpr char kOfferOfChromium[] = R"(v=0
o=- 4611731400430051336 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS
m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9 0 8 13 110 126
c=IN IP4 0.0.0.0
a=rtcp:9 IN IP4 0.0.0.0
a=candidate:1 1 udp 2113937151 1b2c.local 54321 typ host generation 0 network-cost 999
a=candidate:1 2 udp 2113937150 1b2c.local 54322 typ host generation 0 network-cost 999
a=candidate:2 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active generation 0
a=ice-ufrag:XyZ1
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=ice-options:trickle
a=fingerprint:sha-256 aa:bb:cc
a=setup:actpass
a=mid:0
a=sendonly
a=rtcp-mux
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=fmtp:63 111/111
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=rtpmap:126 telephone-event/8000
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a=sendrecv
a=ice-pwd:somethingelse
)";

LocalSdp local_2024() {
  LocalSdp local;
  local.session_id = 1064673365023257083U;
  local.version = 6735761771923067257U;
  local.address = "203.0.113.111";
  local.port = 48036;
  local.ufrag = "AKvO";
  local.pwd = "C70ZBUSJgi2QfCglrI0RVl";
  local.fingerprint = {"sha-256", "89:03:03:DE"};
  return local;
}

AudioSdp parsed(const std::string& text) {
  std::string error;
  auto sdp = parse_sdp(text, error);
  EXPECT_TRUE(sdp) << error;
  return sdp.value_or(AudioSdp{});
}

TEST(MediaSdp, OfferIsThePublishedOneOf2024) {
  EXPECT_EQ(ringcentral_offer(local_2024(), kAll), crlf(kOffer2024));
}

TEST(MediaSdp, OfferIsThePublishedOneOf2019) {
  LocalSdp local;
  local.era = Era::k2019;
  local.session_id = 7066956197903366029U;
  local.version = 7997658033229634982U;
  local.address = "203.0.113.182";
  local.port = 29768;
  local.ufrag = "mqlmHMAU";
  local.pwd = "QTEEF1lt81VyKvJvEHhabIh9JZ";
  local.fingerprint = {"sha-1", "8E:C8:DB:21"};
  EXPECT_EQ(ringcentral_offer(local, kAll), crlf(kOffer2019));
}

TEST(MediaSdp, OfferNamesOnlyTheCodecsWanted) {
  auto offer = ringcentral_offer(local_2024(), {Codec::kPcmu});
  EXPECT_NE(offer.find("m=audio 48036 UDP/TLS/RTP/SAVPF 18 0 9 96 101\r\n"), std::string::npos);
  EXPECT_EQ(offer.find("OPUS"), std::string::npos);
}

TEST(MediaSdp, AnswerHasOneCodecAndRefusesOtherStreams) {
  auto offer = parsed(kOfferOfChromium);
  auto local = local_2024();
  local.direction = answer_to(offer.direction);
  EXPECT_EQ(ringcentral_answer(local, agree(offer, kAll).value(), offer), crlf(R"(v=0
o=- 1064673365023257083 6735761771923067257 IN IP4 203.0.113.111
s=SmcSip
c=IN IP4 203.0.113.111
t=0 0
a=ice-options:ice2 trickle renomination
a=ice-pacing:50
a=ice-ufrag:AKvO
a=ice-pwd:C70ZBUSJgi2QfCglrI0RVl
a=fingerprint:sha-256 89:03:03:DE
m=audio 48036 UDP/TLS/RTP/SAVPF 111 126
a=recvonly
a=rtpmap:111 OPUS/48000/2
a=fmtp:111 useinbandfec=1;usedtx=0
a=rtpmap:126 telephone-event/8000
a=fmtp:126 0-15
a=mid:0
a=setup:passive
a=candidate:371830e3 1 UDP 4294902018 203.0.113.111 48036 typ host
a=candidate:371830e3 2 UDP 4294902531 203.0.113.111 48037 typ host
a=rtcp-mux
m=video 0 UDP/TLS/RTP/SAVPF 96
)"));
}

TEST(MediaSdp, WhatWebrtcbinGetsHasOneCodecAndItsMid) {
  auto offer = parsed(kOfferOfChromium);
  EXPECT_EQ(webrtcbin_sdp(offer, agree(offer, kAll).value(), "audio0", "active"), crlf(R"(v=0
o=- 1 1 IN IP4 0.0.0.0
s=-
t=0 0
a=group:BUNDLE audio0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:audio0
a=sendrecv
a=rtcp-mux
a=setup:active
a=ice-ufrag:XyZ1
a=ice-pwd:abcdefghijklmnopqrstuvwx
a=fingerprint:sha-256 AA:BB:CC
a=rtpmap:111 OPUS/48000/2
a=candidate:1 1 udp 2113937151 1b2c.local 54321 typ host generation 0 network-cost 999
)"));
}

TEST(MediaSdp, CodecIsTheOfferersFirstThatIsOurs) {
  auto offer = parsed(kOffer2024);
  EXPECT_EQ(agree(offer, kAll)->payload, 111);
  EXPECT_EQ(agree(offer, {Codec::kPcma, Codec::kPcmu})->payload, 0);
  EXPECT_EQ(agree(offer, {Codec::kPcma})->payload, 8);
  EXPECT_FALSE(agree(offer, {}));
}

TEST(MediaSdp, BothFormsAreRead) {
  EXPECT_EQ(parsed(kOffer2024).pwd, "C70ZBUSJgi2QfCglrI0RVl");
  EXPECT_EQ(parsed(kOffer2024).fingerprints.at(0).value, "89:03:03:DE");
  EXPECT_EQ(parsed(kOffer2019).fingerprints.at(0).hash, "sha-1");
  EXPECT_EQ(parsed(kOffer2019).mid, "");
  EXPECT_EQ(parsed(kOfferOfChromium).candidates.size(), 1U);
  EXPECT_EQ(parsed(kOfferOfChromium).direction, Direction::kSendOnly);
}

// Made with openssl; the expected values with `openssl x509 -fingerprint`.
constexpr char kCertificate[] = R"(-----BEGIN CERTIFICATE-----
MIIBdDCCARugAwIBAgIUQZKOYOqhcGOKVXHnGUOW5M3Sk5QwCgYIKoZIzj0EAwIw
DzENMAsGA1UEAwwEdGVzdDAgFw0yNjExMjMwMjU0MzFaGA8yMTI2MTAzMDAyNTQz
MVowDzENMAsGA1UEAwwEdGVzdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNBj
/4PUIytNGv1ZH5e4a6gwpQEcXgGbX/N0DD1K4oo+6vXST6GUo3eX1oDgtIi/A3zz
LrWXGbJMwq8wB703XKKjUzBRMB0GA1UdDgQWBBTbAHKQ+my4La7umPJM6QhQdFhb
gjAfBgNVHSMEGDAWgBTbAHKQ+my4La7umPJM6QhQdFhbgjAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0cAMEQCIGuXshh3vAfu2UpE6cwh+BA5YLaAtqC6bggi
35gTCzr7AiBn4MfWeHWdZkL6QOuT1+3v2+ylBananbEWs9+h32P/DQ==
-----END CERTIFICATE-----
)";

TEST(MediaSdp, CertificateIsComparedWithTheStrongestFingerprint) {
  Fingerprint sha1{"sha-1", "AA:E3:7F:BB:B2:B9:A7:53:B4:E9:8B:DE:69:D1:5B:83:1C:69:60:0F"};
  Fingerprint sha256{"sha-256",
                     "28:83:E4:FB:71:2A:7D:D4:75:FC:48:70:23:C2:D9:D3:"
                     "66:92:39:AF:69:DC:8E:81:F7:D1:2B:B5:73:B0:18:81"};
  EXPECT_TRUE(names_certificate({sha1}, kCertificate));
  EXPECT_TRUE(names_certificate({sha1, sha256}, kCertificate));
  sha256.value[0] = sha256.value[0] == '0' ? '1' : '0';
  EXPECT_FALSE(names_certificate({sha1, sha256}, kCertificate));
  EXPECT_FALSE(names_certificate({{"md5", "00"}}, kCertificate));
  EXPECT_FALSE(names_certificate({sha1}, ""));
}

}  // namespace
}  // namespace standin::media
