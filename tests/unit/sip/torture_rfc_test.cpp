// SPDX-License-Identifier: LGPL-2.1-or-later
// RFC 4475 and RFC 5118: messages and verdicts are read when the test runs, from RC_TORTURE (a
// folder beside the project). torture_own_test.cpp has messages of our own for those without it.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <regex>

#include "sip/parser.h"
#include "torture_rig.h"

namespace rc::sip {
namespace {

using namespace std::string_literals;

const std::filesystem::path kFolder = RC_TORTURE;

bool is_there() { return std::filesystem::is_directory(kFolder); }

// The Content-Length of three of RFC 5118 does not fit the line ends of the wire (see its INDEX).
std::string with_right_length(const std::string& bytes) {
  const size_t body = bytes.find("\r\n\r\n") + 4;
  return std::regex_replace(bytes, std::regex("\r\nContent-Length: [0-9]+"),
                            "\r\nContent-Length: " + std::to_string(bytes.size() - body));
}

std::vector<TortureMessage> rfc4475() { return read_torture_messages(kFolder / "rfc4475"); }

std::vector<TortureMessage> rfc5118() {
  auto messages = read_torture_messages(kFolder / "rfc5118");
  for (auto& each : messages) each.bytes = with_right_length(each.bytes);
  return messages;
}

// One that is skipped stands for all that are not there.
std::vector<TortureMessage> or_absent(std::vector<TortureMessage> messages) {
  if (messages.empty()) messages.push_back({"absent", 'V', "", ""});
  return messages;
}

std::string name_of(const testing::TestParamInfo<TortureMessage>& info) {
  return std::regex_replace(info.param.name, std::regex("[^A-Za-z0-9]"), "_");
}

class SipTorture : public testing::TestWithParam<TortureMessage> {
 protected:
  void SetUp() override {
    if (!is_there()) GTEST_SKIP() << "no folder " << kFolder;
  }
};

TEST_P(SipTorture, IsTreatedAsTheRfcSays) {
  ASSERT_FALSE(GetParam().bytes.empty()) << "no such file";
  EXPECT_EQ(judge(GetParam()), "") << GetParam().kind << ": " << GetParam().verdict;
}

TEST_P(SipTorture, WhatIsWrittenAgainReadsTheSame) {
  const Parsed once = parse_message(GetParam().bytes);
  if (!once.ok()) return;
  const std::string bytes = once.message.to_bytes();
  const Parsed twice = parse_message(bytes);
  ASSERT_TRUE(twice.ok()) << twice.fault->text << "\n" << bytes;
  EXPECT_EQ(twice.message.to_bytes(), bytes);
  EXPECT_EQ(twice.message.body(), once.message.body());
}

INSTANTIATE_TEST_SUITE_P(Rfc4475, SipTorture, testing::ValuesIn(or_absent(rfc4475())), name_of);
INSTANTIATE_TEST_SUITE_P(Rfc5118, SipTorture, testing::ValuesIn(or_absent(rfc5118())), name_of);

TEST(SipTortureCorpus, IsComplete) {
  if (!is_there()) GTEST_SKIP() << "no folder " << kFolder;
  EXPECT_EQ(rfc4475().size(), 49U);
  EXPECT_EQ(rfc5118().size(), 12U);
}

// What typed access makes of them.
struct Fact {
  const char* name;
  const char* what;
  std::function<std::string(const Message&)> get;
  std::string expected;
};

std::string joined(const std::vector<std::string_view>& texts) {
  std::string out;
  for (const auto text : texts) out += std::string(text) + "|";
  return out;
}

const std::vector<Fact>& facts() {
  using M = const Message&;
  static const std::vector<Fact> all = {
      {"wsinv", "To tag", [](M m) { return m.to_tag(); }, "1918181833n"},
      {"wsinv", "display name", [](M m) { return m.from()->display; }, "J Rosenberg \\\""},
      {"wsinv", "Contact name", [](M m) { return m.contact()->display; }, "Quoted string \"\""},
      {"wsinv", "Contact q", [](M m) { return *m.contact()->params.get("q"); }, "0.33"},
      {"wsinv", "CSeq", [](M m) { return std::to_string(m.cseq()->number); }, "9"},
      {"wsinv", "Max-Forwards", [](M m) { return std::to_string(*m.number("Max-Forwards")); },
       "68"},
      {"wsinv", "branch", [](M m) { return m.top_via()->branch(); }, "390skdjuw"},
      {"wsinv", "Vias", [](M m) { return std::to_string(m.values("Via").size()); }, "3"},
      {"wsinv", "Subject", [](M m) { return std::string(*m.header("Subject")); }, ""},
      {"wsinv", "odd header",
       [](M m) { return std::string(*m.header("UnknownHeaderWithUnusualValue")); }, ";;,,;;,;"},
      {"intmeth", "method", [](M m) { return m.method(); },
       "!interesting-Method0123456789_*+`.%indeed'~"},
      {"intmeth", "display name", [](M m) { return m.to()->display; }, "BEL:\a NUL:\0 DEL:\x7F"s},
      {"intmeth", "user", [](M m) { return m.target()->user; },
       "1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*"},
      {"intmeth", "password", [](M m) { return m.target()->password; },
       "&it+has=1,weird!*pas$wo~d_too.(doesn't-it)"},
      {"esc01", "scheme", [](M m) { return m.target()->scheme; }, "sip"},
      {"esc01", "user", [](M m) { return m.target()->user_text(); }, "sips:user@example.com"},
      {"esc01", "user of To", [](M m) { return m.to()->uri.user_text(); }, "user"},
      {"esc01", "parameter", [](M m) { return m.contact()->uri.params.to_string(); },
       ";%6C%72;n%61me=v%61lue%25%34%31"},
      {"escnull", "user", [](M m) { return m.to()->uri.user_text(); }, "null-\0-null"s},
      {"escnull", "Contacts", [](M m) { return m.addresses("Contact").at(1).uri.user_text(); },
       "\0\0"s},
      {"esc02", "method", [](M m) { return m.method(); }, "RE%47IST%45R"},
      {"esc02", "display name", [](M m) { return m.to()->display; }, "%Z%45"},
      {"esc02", "Contacts", [](M m) { return std::to_string(m.headers("Contact").size()); }, "2"},
      {"lwsdisp", "display name", [](M m) { return m.from()->display; }, "caller"},
      {"longreq", "Vias", [](M m) { return std::to_string(m.headers("Via").size()); }, "34"},
      {"dblreq", "body", [](M m) { return m.method() + m.body(); }, "REGISTER"},
      {"semiuri", "user", [](M m) { return m.target()->user; }, "user;par=u%40example.net"},
      {"semiuri", "parameters", [](M m) { return m.target()->params.to_string(); }, ""},
      {"transports", "Vias",
       [](M m) { return Via::parse(m.values("Via").at(3)).value().transport; }, "UNKNOWN"},
      {"mpart01", "parts", [](M m) { return std::to_string(m.body_parts().size()); }, "2"},
      {"mpart01", "first part", [](M m) { return std::string(m.body_parts().at(0).content); },
       "Hello"},
      {"mpart01", "NUL",
       [](M m) {
         const auto content = m.body_parts().at(1).content;
         return std::to_string(std::count(content.begin(), content.end(), '\0') > 0);
       },
       "1"},
      {"unreason", "reason", [](M m) { return m.reason().substr(0, 19); },
       "= 2**3 * 5**2 \xD0\xBD\xD0\xBE "},
      {"noreason", "reason", [](M m) { return std::to_string(m.status()) + m.reason(); }, "100"},
      {"baddn", "display name", [](M m) { return m.from()->display; }, "Bell, Alexander"},
      {"cparam01", "header parameter", [](M m) { return m.contact()->params.to_string(); },
       ";unknownparam"},
      {"cparam01", "URI parameter", [](M m) { return m.contact()->uri.params.to_string(); }, ""},
      {"cparam02", "header parameter", [](M m) { return m.contact()->params.to_string(); }, ""},
      {"cparam02", "URI parameter", [](M m) { return m.contact()->uri.params.to_string(); },
       ";unknownparam"},
      {"regescrt", "headers of the URI", [](M m) { return m.contact()->uri.headers; },
       "Route=%3Csip:sip.example.com%3E"},
      {"unksm2", "schemes", [](M m) { return m.to()->uri.scheme + m.from()->uri.scheme; },
       "isbnhttp"},
      {"unkscm", "scheme", [](M m) { return m.target()->scheme; }, "nobodyknowsthisscheme"},
      {"zeromf", "Max-Forwards", [](M m) { return std::to_string(*m.number("Max-Forwards")); },
       "0"},
      {"inv2543", "tags", [](M m) { return m.from_tag() + m.to_tag(); }, ""},
      {"inv2543", "parameter", [](M m) { return *m.from()->uri.params.get("user"); }, "phone"},
      {"bext01", "Require", [](M m) { return joined(m.values("Require")); },
       "nothingSupportsThis|nothingSupportsThisEither|"},
      {"ipv6-good", "host", [](M m) { return m.target()->host; }, "[2001:db8::10]"},
      {"port-ambiguous", "host", [](M m) { return m.target()->host; }, "[2001:db8::10:5070]"},
      {"port-ambiguous", "port", [](M m) { return std::to_string(m.target()->port); }, "0"},
      {"port-unambiguous", "host", [](M m) { return m.target()->host; }, "[2001:db8::10]"},
      {"port-unambiguous", "port", [](M m) { return std::to_string(m.target()->port); }, "5070"},
      {"via-received-param-with-delim", "received",
       [](M m) { return *m.top_via()->params.get("received"); }, "[2001:db8::9:255]"},
      {"via-received-param-no-delim", "received",
       [](M m) { return *m.top_via()->params.get("received"); }, "2001:db8::9:255"},
      {"mult-ip-in-header", "Vias", [](M m) { return std::to_string(m.values("Via").size()); },
       "3"},
      {"ipv4-mapped-ipv6", "Contact", [](M m) { return m.contact()->uri.host; },
       "[::ffff:192.0.2.2]"},
      {"ipv6-bug-abnf-3-colons", "host", [](M m) { return m.target()->host; },
       "[2001:db8:::192.0.2.1]"},
  };
  return all;
}

TEST(SipTortureCorpus, TypedAccessGivesWhatTheRfcSays) {
  if (!is_there()) GTEST_SKIP() << "no folder " << kFolder;
  auto messages = rfc4475();
  for (auto& each : rfc5118()) messages.push_back(each);
  for (const Fact& fact : facts()) {
    const auto found = std::find_if(messages.begin(), messages.end(),
                                    [&](const auto& each) { return each.name == fact.name; });
    ASSERT_NE(found, messages.end()) << fact.name;
    EXPECT_EQ(fact.get(parse_message(found->bytes).message), fact.expected)
        << fact.name << ": " << fact.what;
  }
}

}  // namespace
}  // namespace rc::sip
