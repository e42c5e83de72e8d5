// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A caller's name on its way from the INVITE's bytes to the bus: whatever it holds, what comes out
// is valid UTF-8 without controls, and nothing else of it is disturbed.
#include <gst/gst.h>
#include <gtest/gtest.h>

#include <array>
#include <random>
#include <string>

#include "call/caller.h"
#include "core/ref.h"
#include "rcmessages.h"
#include "sip/parser.h"

namespace rc::element {
namespace {

// What a piece of a name is on the wire, and what is left of it.
struct Piece {
  std::string wire, shown;
};

const std::array<Piece, 30> kPieces = {{
    {"Anna", "Anna"},
    {" O'Neil ", " O'Neil "},
    {"Zo\xC3\xAB", "Zo\xC3\xAB"},
    {"\xE5\xB1\xB1\xE7\x94\xB0", "\xE5\xB1\xB1\xE7\x94\xB0"},
    {"\xD7\xA9\xD7\x9C", "\xD7\xA9\xD7\x9C"},
    {"\xF0\x9F\x93\x9E", "\xF0\x9F\x93\x9E"},
    {"%H", "%H"},
    {"%s%n", "%s%n"},
    {"%00", "%00"},
    {"${x}", "${x}"},
    {"$(id)", "$(id)"},
    {"\"", "\""},
    {"\\", "\\"},
    {"'", "'"},
    {"<b>", "<b>"},
    {"&amp;", "&amp;"},
    {";a=b,", ";a=b,"},
    {"Jos\xE9 ", "Jos\xEF\xBF\xBD "},
    {"\xFF.", "\xEF\xBF\xBD."},
    {"\xED\xA0\x80.", "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD."},
    {"\x1b[31m", "[31m"},
    {"\x07", ""},
    {"\t", ""},
    {"\x7F", ""},
    {"\xC2\x85", ""},
    {"\xE2\x80\xAE", ""},
    {"\xE2\x81\xA6", ""},
    {"\xE2\x81\xA9", ""},
    {"\xE2\x80\x8F", ""},
    {"\xE2\x80\xA8", ""},
}};

// Ends that no parser trims.
Piece random_name(std::minstd_rand& random) {
  Piece name{"a", "a"};
  for (size_t count = 1 + random() % 8; count > 0; --count) {
    const Piece& piece = kPieces[random() % kPieces.size()];
    name.wire += piece.wire;
    name.shown += piece.shown;
  }
  return {name.wire + "z", name.shown + "z"};
}

// As quoted-string of RFC 3261 25.1: controls as quoted pairs.
std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\' || byte < 0x20 || byte == 0x7F) out += '\\';
    out += c;
  }
  return out + '"';
}

std::string xml(const std::string& text) {
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = byte >= 0x20 && byte != 0x7F &&
                       std::string_view("\"&<>'").find(c) == std::string_view::npos;
    out += plain ? std::string(1, c) : "&#" + std::to_string(byte) + ";";
  }
  return out;
}

std::string invite(const std::string& from_display, const std::string& agent) {
  return "INVITE sip:101@127.0.0.1 SIP/2.0\r\n"
         "Via: SIP/2.0/WSS 127.0.0.1;branch=z9hG4bK1\r\n"
         "From: " +
         from_display +
         " <sip:+12025550166@127.0.0.1>;tag=1\r\n"
         "To: <sip:101@127.0.0.1>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\nMax-Forwards: 70\r\n"
         "Contact: <sip:x@127.0.0.1>\r\n" +
         agent + "Content-Length: 0\r\n\r\n";
}

std::string agent_header(const std::string& name) {
  return "P-rc: <Msg><Hdr SID=\"1\" Req=\"\" From=\"#1@x:5060\" To=\"101\" Cmd=\"6\"/>"
         "<Bdy Phn=\"+12025550166\" Nm=\"" +
         xml(name) + "\" ToPhn=\"101\" ToNm=\"" + xml(name) + "\"/></Msg>\r\n";
}

call::CallInfo described(const std::string& bytes) {
  const auto parsed = sip::parse_message(bytes);
  EXPECT_TRUE(parsed.ok()) << bytes;
  call::CallInfo info;
  if (parsed.ok()) call::describe_inbound(parsed.message, info);
  return info;
}

// What GStreamer and GLib complain about while a name passes: nothing.
class Names : public testing::Test {
 protected:
  static void SetUpTestSuite() { gst_init(nullptr, nullptr); }
  Names() { previous_ = g_log_set_default_handler(on_log, this); }
  ~Names() override {
    g_log_set_default_handler(previous_, nullptr);
    EXPECT_EQ(complaints_, "");
  }

  // The bus message as a structure, and as text and back: what `gst-launch-1.0 -m` prints.
  static void expect_on_the_bus(const call::CallInfo& info, const std::string& name) {
    const Owned<GstStructure> structure(to_structure(info));
    const char* field = gst_structure_get_string(structure.get(), "from-name");
    ASSERT_NE(field, nullptr);
    EXPECT_EQ(field, name);
    EXPECT_TRUE(g_utf8_validate(field, -1, nullptr));
    const Owned<char> text(gst_structure_to_string(structure.get()));
    const Owned<GstStructure> again(gst_structure_from_string(text.get(), nullptr));
    ASSERT_TRUE(again) << text.get();
    EXPECT_STREQ(gst_structure_get_string(again.get(), "from-name"), name.c_str());
    EXPECT_STREQ(gst_structure_get_string(again.get(), "from"), "+12025550166");
  }
  static void expect_as_tag(const call::CallInfo& info, const std::string& name) {
    const Owned<GstTagList> tags(to_tags(info));
    char* artist = nullptr;
    ASSERT_TRUE(gst_tag_list_get_string(tags.get(), GST_TAG_ARTIST, &artist));
    EXPECT_EQ(artist, name);
    g_free(artist);
  }

 private:
  static void on_log(const char* domain, GLogLevelFlags level, const char* text, gpointer self) {
    if ((level & (G_LOG_LEVEL_WARNING | G_LOG_LEVEL_CRITICAL | G_LOG_LEVEL_ERROR)) == 0) return;
    static_cast<Names*>(self)->complaints_ +=
        std::string(domain ? domain : "") + ": " + text + "\n";
  }

  GLogFunc previous_;
  std::string complaints_;
};

TEST_F(Names, OfAThousandCallersComeOutClean) {
  std::minstd_rand random(20261127);
  for (int i = 0; i < 1000; ++i) {
    const Piece name = random_name(random);
    // RingCentral's XML goes before the SIP header; half of the callers have none.
    const bool by_agent = i % 2 == 0;
    const call::CallInfo info = described(by_agent ? invite("other", agent_header(name.wire))
                                                   : invite(quoted(name.wire), ""));
    EXPECT_EQ(info.from_name, name.shown) << (by_agent ? "P-rc" : "From");
    EXPECT_EQ(info.to_name, by_agent ? name.shown : "");
    expect_on_the_bus(info, name.shown);
    expect_as_tag(info, name.shown);
  }
}

TEST_F(Names, AreBounded) {
  const std::string info = described(invite(quoted(std::string(5000, 'x')), "")).from_name;
  EXPECT_EQ(info, std::string(256, 'x'));
}

}  // namespace
}  // namespace rc::element
