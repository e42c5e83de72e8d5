// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_handshake.h"

#include <gtest/gtest.h>

#include <set>

namespace rc::sip {
namespace {

// Key and answer of RFC 6455 1.3.
constexpr const char* kKey = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr const char* kGood =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\nSec-WebSocket-Protocol: sip\r\n\r\n";

WsHandshake handshake() { return {"sip.example.com:8083", "test/1", kKey}; }

std::string changed(const std::string& from, const std::string& to) {
  std::string answer = kGood;
  return answer.replace(answer.find(from), from.size(), to);
}

Errc verdict(const std::string& answer) {
  const auto checked = handshake().check(answer);
  return checked.ok() ? Errc::kInternal : checked.error().code;
}

TEST(WsHandshake, AsksForSipWithAllThatTheRfcWants) {
  EXPECT_EQ(
      handshake().request(),
      "GET / HTTP/1.1\r\nHost: sip.example.com:8083\r\nUpgrade: websocket\r\n"
      "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: sip\r\nUser-Agent: test/1\r\n\r\n");
}

TEST(WsHandshake, TakesTheAnswerOfTheRfcAndLeavesWhatFollows) {
  const auto head = handshake().check(std::string(kGood) + "\x81\x01x");
  ASSERT_TRUE(head.ok()) << head.error().message;
  EXPECT_EQ(head.value(), std::string(kGood).size());
}

TEST(WsHandshake, WaitsForTheEndOfTheHead) {
  const std::string good = kGood;
  for (size_t size = 0; size < good.size(); ++size) {
    const auto head = handshake().check(good.substr(0, size));
    ASSERT_TRUE(head.ok());
    EXPECT_FALSE(head.value()) << size;
  }
}

TEST(WsHandshake, TakesOtherSpellings) {
  for (const auto& answer :
       {changed("Upgrade: websocket", "upgrade:  WebSocket "),
        changed("Connection: Upgrade", "Connection: keep-alive, upgrade"),
        changed("101 Switching Protocols", "101"), changed("\r\nUpgrade", "\r\nX: \r\nUpgrade")})
    EXPECT_TRUE(handshake().check(answer).ok()) << answer;
}

TEST(WsHandshake, ARefusalIsNoBrokenAnswer) {
  for (const auto* status : {"200 OK", "302 Found", "403 Forbidden", "503 Service Unavailable"})
    EXPECT_EQ(verdict(changed("101 Switching Protocols", status)), Errc::kRejected);
  EXPECT_EQ(verdict(changed("Protocol: sip", "Protocol: chat")), Errc::kRejected);
  EXPECT_EQ(verdict(changed("Sec-WebSocket-Protocol: sip\r\n", "")), Errc::kRejected);
}

TEST(WsHandshake, RefusesWhatIsNoAnswerToOurs) {
  for (const auto& answer :
       {changed("HTTP/1.1", "HTTP/1.0"), changed("HTTP/1.1 101", "SIP/2.0 101"),
        changed("101 ", "1O1 "), changed("101 ", "1010 "),
        changed("Upgrade: websocket", "Upgrade: h2c"),
        changed("Connection: Upgrade", "Connection: close"), changed("s3pP", "S3pP"),
        changed("Sec-WebSocket-Accept", "X"), changed("Upgrade: websocket", "no colon"),
        changed("Upgrade: websocket", "Upgrade: websocket\r\nUpgrade: websocket"),
        changed("Upgrade: websocket", "Upgrade: web\r\n socket"),
        changed("\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n")})
    EXPECT_EQ(verdict(answer), Errc::kProtocol) << answer;
}

TEST(WsHandshake, AnEndlessHeadEnds) {
  std::string head = "HTTP/1.1 101 Switching Protocols\r\nX: ";
  head.resize(WsHandshake::kMaxAnswerBytes - 1, 'x');
  EXPECT_TRUE(handshake().check(head).ok());
  EXPECT_EQ(verdict(head + "x"), Errc::kProtocol);
}

TEST(WsHandshake, EveryKeyIsAnother) {
  std::set<std::string> keys;
  for (int i = 0; i < 100; ++i) keys.insert(WsHandshake::random_key());
  EXPECT_EQ(keys.size(), 100U);
  EXPECT_EQ(keys.begin()->size(), 24U);
}

}  // namespace
}  // namespace rc::sip
