// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Two registered phones on a stand-in, for the tests of calls.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "media_leg.h"
#include "test_phone.h"

namespace standin {

using std::chrono::milliseconds;
using std::chrono::seconds;

inline constexpr auto kSdp =
    "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=msid:- a\r\na=ssrc:1 cname:x\r\na=mid:0\r\n";

class CallsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server.start()) << server.error();
    for (auto* phone : {&alice, &bert}) {
      ASSERT_TRUE(phone->connect());
      ASSERT_EQ(phone->register_line().status, 200);
    }
  }
  // The control API over HTTP: it waits where that is asked for.
  std::pair<unsigned, std::string> http(const std::string& method, const std::string& path,
                                        const std::string& body = "") {
    return ask_control(server, method, path, body, server.control_token());
  }
  Server server;
  TestPhone alice{server, {"101", "test-phone", "urn:uuid:a"}};
  TestPhone bert{server, {"102", "test-phone", "urn:uuid:b"}};
};

inline constexpr auto kToneCall =
    "{\"to\":\"101\",\"media\":{\"play\":{\"type\":\"tones\",\"tones\":[[440,500]],"
    "\"repeat\":true}}}";

// A phone with real media: the far end of an anchored call.
class AnchorTest : public CallsTest {
 protected:
  void make_media(Play play) {
    MediaLegOptions options;
    options.play = std::move(play);
    alice.loop().call(
        [&] { media = std::make_unique<MediaLeg>(alice.loop().context(), std::move(options)); });
  }
  void TearDown() override {
    bool closed = media == nullptr;
    alice.loop().call([&] {
      if (media != nullptr) {
        media->close([&] {
          media.reset();
          closed = true;
          alice.loop().notify_changed();
        });
      }
    });
    EXPECT_TRUE(alice.loop().wait_until([&] { return closed; }, seconds(5)));
  }
  std::string wait_sdp(const std::function<void(MediaLeg::SdpCallback)>& start) {
    SdpResult result;
    bool done = false;
    alice.loop().call([&] {
      start([&](SdpResult r) {
        result = std::move(r);
        done = true;
        alice.loop().notify_changed();
      });
    });
    alice.loop().wait_until([&] { return done; }, seconds(6));
    EXPECT_EQ(result.error, "");
    return result.sdp;
  }
  bool hears_packets(std::uint64_t more_than = 20) {
    return alice.loop().wait_until(
        [&] {
          alice.loop().after(milliseconds(20), [&] { alice.loop().notify_changed(); });
          return media->stats().packets_received > more_than;
        },
        seconds(5));
  }
  std::unique_ptr<MediaLeg> media;
};

}  // namespace standin
