// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/ws_frame.h"

#include <gtest/gtest.h>

#include <vector>

namespace rc::sip {
namespace {

using namespace std::string_literals;

constexpr size_t kMax = 1000;

// What comes out of bytes that arrive in pieces of that size: "text Hello" a line, then "error".
std::string read(const std::string& bytes, size_t piece = SIZE_MAX) {
  WsFrameReader reader(kMax);
  std::string out;
  for (size_t at = 0; at < bytes.size(); at += std::min(piece, bytes.size() - at)) {
    reader.append(std::string_view(bytes).substr(at, piece));
    while (true) {
      const auto event = reader.next();
      if (!event.ok()) {
        EXPECT_EQ(event.error().code, Errc::kProtocol);
        return out + "error\n";
      }
      if (!event.value()) break;
      const char* kNames[] = {"", "text ", "binary ", "",      "",     "",
                              "", "",      "close ",  "ping ", "pong "};
      out += kNames[static_cast<int>(event.value()->opcode)] + event.value()->payload + "\n";
    }
  }
  return out;
}

std::string frame(uint8_t first, const std::string& payload) {
  std::string bytes(1, static_cast<char>(first));
  if (payload.size() < 126) return bytes + static_cast<char>(payload.size()) + payload;
  bytes += '\x7E';
  bytes += static_cast<char>(payload.size() >> 8);
  return bytes + static_cast<char>(payload.size() & 0xFF) + payload;
}

// The examples of RFC 6455 5.7, byte for byte.
TEST(WsFrame, ReadsTheExamplesOfTheRfcInPiecesOfAnySize) {
  const auto rfc = "\x81\x05\x48\x65\x6c\x6c\x6f"s + "\x01\x03\x48\x65\x6c\x80\x02\x6c\x6f"s +
                   "\x89\x05\x48\x65\x6c\x6c\x6f"s + "\x82\x7E\x01\x00"s + std::string(256, 'b');
  const std::string expected =
      "text Hello\ntext Hello\nping Hello\nbinary " + std::string(256, 'b') + "\n";
  for (const size_t piece : {size_t{1}, size_t{2}, size_t{3}, size_t{7}, SIZE_MAX})
    EXPECT_EQ(read(rfc, piece), expected) << piece;
}

// 5.7: "a single-frame masked text message", "a masked unfragmented Pong".
TEST(WsFrame, WritesTheMaskedExamplesOfTheRfc) {
  EXPECT_EQ(ws_client_frame(WsOpcode::kText, "Hello", {0x37, 0xfa, 0x21, 0x3d}),
            "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
  EXPECT_EQ(ws_client_frame(WsOpcode::kPong, "Hello", {0x37, 0xfa, 0x21, 0x3d}),
            "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"s);
}

TEST(WsFrame, WritesEachLengthInItsShortestForm) {
  const auto head = [](size_t size) {
    return ws_client_frame(WsOpcode::kBinary, std::string(size, 'x'), {}).substr(0, 10);
  };
  EXPECT_EQ(head(125).substr(0, 2), "\x82\xFD"s);
  EXPECT_EQ(head(126).substr(0, 4), "\x82\xFE\x00\x7E"s);
  EXPECT_EQ(head(65535).substr(0, 4), "\x82\xFE\xFF\xFF"s);
  EXPECT_EQ(head(65536), "\x82\xFF\x00\x00\x00\x00\x00\x01\x00\x00"s);
}

TEST(WsFrame, ControlFramesComeBetweenFragments) {
  EXPECT_EQ(read(frame(0x01, "a") + frame(0x89, "p") + frame(0x00, "b") + frame(0x80, "c")),
            "ping p\ntext abc\n");
}

TEST(WsFrame, TakesAMessageOfTheLimitAndNoByteMore) {
  const std::string whole(kMax, 'x');
  EXPECT_EQ(read(frame(0x82, whole)), "binary " + whole + "\n");
  EXPECT_EQ(read(frame(0x02, whole) + frame(0x80, "")), "binary " + whole + "\n");
  EXPECT_EQ(read(frame(0x82, whole + "x")), "error\n");
  EXPECT_EQ(read(frame(0x02, whole) + frame(0x80, "x")), "error\n");
}

TEST(WsFrame, RefusesAClaimByItsHeaderAlone) {
  EXPECT_EQ(read("\x82\x7F\x00\x00\x00\x00\x40\x00\x00\x00"s), "error\n");  // 1 GiB
  EXPECT_EQ(read("\x82\x7F\x00\x00\x01\x00\x00\x00\x00\x00"s), "error\n");  // 1 TiB
  EXPECT_EQ(read("\x82\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"s), "error\n");
}

TEST(WsFrame, EndlessEmptyFragmentsEnd) {
  std::string bytes = frame(0x01, "");
  for (int i = 0; i < 2000; ++i) bytes += frame(0x00, "");
  EXPECT_EQ(read(bytes), "error\n");
}

TEST(WsFrame, RefusesWhatTheRfcForbids) {
  const std::vector<std::string> broken = {
      "\x81\x82masknn"s,  // a server masks
      frame(0xC1, "x"),
      frame(0x91, "x"),
      frame(0xA1, "x"),  // reserved bits
      frame(0x83, "x"),
      frame(0x8B, "x"),
      frame(0x8F, "x"),  // unknown opcodes
      frame(0x09, "x"),
      frame(0x08, ""),                              // fragmented control frames
      "\x89\x7E\x00\x7E"s + std::string(126, 'p'),  // control frame of 126 bytes
      "\x82\x7E\x00\x05hello"s,                     // lengths that could be shorter
      "\x82\x7F\x00\x00\x00\x00\x00\x00\x01\x00"s + std::string(256, 'x'),
      frame(0x80, "x"),
      frame(0x00, "x"),                     // continuation of nothing
      frame(0x01, "a") + frame(0x81, "b"),  // message inside a message
      frame(0x81, "\xC3\x28"),
      frame(0x81, "\xED\xA0\x80"),             // no UTF-8; a surrogate
      frame(0x01, "\xC3") + frame(0x80, "x"),  // a character cut by fragments
  };
  for (const auto& bytes : broken)
    EXPECT_EQ(read(bytes), "error\n") << testing::PrintToString(bytes);
}

TEST(WsFrame, ACharacterMayBeCutByFragmentsAndNulIsOne) {
  EXPECT_EQ(read(frame(0x01, "\xC3") + frame(0x80, "\xA9")), "text \xC3\xA9\n");
  EXPECT_EQ(read(frame(0x81, "a\0b"s)), "text a\0b\n"s);
}

TEST(WsFrame, CloseFramesMustMakeSense) {
  for (const auto& good : {""s, "\x03\xE8"s, "\x03\xF5 bye"s, "\x0B\xB8"s})
    EXPECT_EQ(read(frame(0x88, good)), "close " + good + "\n");
  for (const auto& bad : {"\x03"s, "\x03\xE7"s, "\x03\xED"s, "\x13\x88"s, "\x03\xE8\xFF"s})
    EXPECT_EQ(read(frame(0x88, bad)), "error\n") << testing::PrintToString(bad);
}

TEST(WsFrame, NothingIsReadAfterAnError) {
  WsFrameReader reader(kMax);
  reader.append(frame(0x83, "x") + frame(0x81, "good"));
  EXPECT_FALSE(reader.next().ok());
  EXPECT_FALSE(reader.next().ok());
}

}  // namespace
}  // namespace rc::sip
