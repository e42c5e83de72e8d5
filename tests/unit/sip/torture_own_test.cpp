// SPDX-License-Identifier: LGPL-2.1-or-later
// The classes of RFC 4475 with messages of our own, and the judge itself.
#include <gtest/gtest.h>

#include <utility>

#include "torture_rig.h"

namespace rc::sip {
namespace {

using namespace std::string_literals;

using Changes = std::vector<std::pair<std::string, std::string>>;  // what is replaced by what

struct Example {
  const char* name;
  char kind;
  const char* verdict;
  const char* method;
  Changes changes;  // to a message without any fault
};

std::string changed(std::string bytes, const Changes& changes) {
  for (const auto& [from, to] : changes) {
    const size_t at = bytes.find(from);
    if (at == std::string::npos) {
      ADD_FAILURE() << "nothing to change: " << from;
      break;
    }
    bytes.replace(at, from.size(), to);
  }
  return bytes;
}

std::string plain_response(const std::string& cseq_method) {
  return "SIP/2.0 200 OK\r\nVia: SIP/2.0/WSS h.invalid;branch=z9hG4bKx\r\nFrom: <sip:a@h>;tag=1\r\n"
         "To: <sip:b@h>;tag=2\r\nCall-ID: c\r\nCSeq: 7 " +
         cseq_method + "\r\nContent-Length: 0\r\n\r\n";
}

const std::vector<Example>& examples() {
  static const std::vector<Example> all = {
      {"plain", 'V', "accept", "OPTIONS", {}},
      {"folded", 'V', "accept", "OPTIONS", {{"From: ", "fRoM \t:\r\n  \t"}, {"Via: ", "v:"}}},
      {"comma_in_quotes", 'V', "accept", "INVITE", {{"<sip:alice", "\"A, <B> \\\"\" <sip:alice"}}},
      {"nul_in_body",
       'V',
       "accept",
       "MESSAGE",
       {{"Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\na\0b"s}}},
      {"no_content_length", 'V', "accept", "INVITE", {{"Content-Length: 5\r\n", ""}}},
      {"octets_after_the_end", 'V', "accept", "OPTIONS", {{"\r\n\r\n", "\r\n\r\nBYE x y"}}},
      {"leading_line_breaks", 'V', "accept", "OPTIONS", {{"OPTIONS", "\r\n\r\nOPTIONS"}}},
      {"odd_token",
       'V',
       "accept; 405 or 501",
       "OPTIONS",
       {{"OPTIONS", "O'%41~!"}, {"1 OPTIONS", "1 O'%41~!"}}},
      {"unknown_scheme_in_from",
       'S',
       "parse; ignored",
       "MESSAGE",
       {{"<sip:alice@example.com>", "x:y"}}},
      {"ipv6_in_request_uri", 'V', "accept", "OPTIONS", {{"sip:bob@example.com", "sip:[::1]:5"}}},
      {"null_tag_of_rfc2543", 'S', "parse; accepted", "INVITE", {{";tag=1", ""}}},
      {"no_max_forwards", 'S', "parse; accepted", "INVITE", {{"Max-Forwards: 70\r\n", ""}}},
      {"branch_of_rfc2543", 'S', "parse; accepted", "INVITE", {{"z9hG4bK", ""}}},
      {"bare_cookie",
       'S',
       "400, or treat as RFC 2543 branch",
       "OPTIONS",
       {{"z9hG4bKplain", "z9hG4bK"}}},
      {"space_in_request_uri",
       'X',
       "400",
       "OPTIONS",
       {{"bob@example.com S", "bob@ example.com S"}}},
      {"brackets_round_request_uri",
       'L',
       "400, or ignore them",
       "OPTIONS",
       {{"sip:bob@example.com S", "<sip:bob@example.com> S"}}},
      {"bad_date",
       'L',
       "reject only if Date matters",
       "OPTIONS",
       {{"Call-ID", "Date: now\r\nCall-ID"}}},
      {"other_version", 'X', "505", "OPTIONS", {{"SIP/2.0\r\n", "SIP/2.1\r\n"}}},
      {"nul_in_header", 'X', "400", "OPTIONS", {{"Call-ID: ", "Call-ID: \0"s}}},
      {"bare_line_feed", 'X', "400", "OPTIONS", {{"Call-ID: ", "Call-ID: \n"}}},
      {"bare_carriage_return",
       'X',
       "400",
       "OPTIONS",
       {{"Call-ID: ", "Subject: a\rb\r\nCall-ID: "}}},
      {"two_from", 'X', "400", "OPTIONS", {{"To: ", "f: <sip:m@h>;tag=9\r\nTo: "}}},
      {"no_to", 'X', "400", "INVITE", {{"To: <sip:bob@example.com>\r\n", ""}}},
      {"no_call_id", 'X', "400", "INVITE", {{"Call-ID: plain\r\n", ""}}},
      {"no_via",
       'X',
       "drop",
       "OPTIONS",
       {{"Via: SIP/2.0/WSS h.invalid;branch=z9hG4bKplain\r\n", ""}}},
      {"open_quote", 'X', "400", "INVITE", {{"<sip:alice", "\"A <sip:alice"}}},
      {"open_bracket", 'X', "400", "INVITE", {{"alice@example.com>", "alice@example.com"}}},
      {"number_too_large", 'X', "400", "OPTIONS", {{"CSeq: 1", "CSeq: 4294967297"}}},
      {"number_of_letters", 'X', "400", "OPTIONS", {{"CSeq: 1", "CSeq: 1x"}}},
      {"negative_number", 'X', "400", "OPTIONS", {{"Max-Forwards: 70", "Max-Forwards: -1"}}},
      {"cseq_of_another_method", 'X', "400", "OPTIONS", {{"1 OPTIONS", "1 BYE"}}},
      {"cseq_of_another_unknown_method",
       'X',
       "501 (400 allowed)",
       "OPTIONS",
       {{"OPTIONS ", "FROB "}}},
      {"body_cut_short", 'X', "400", "INVITE", {{"Content-Length: 5", "Content-Length: 6"}}},
      {"negative_length", 'X', "error", "INVITE", {{"Content-Length: 5", "Content-Length: -5"}}},
      {"two_lengths", 'S', "error", "INVITE", {{"Content-Length: 5", "l: 4\r\nContent-Length: 5"}}},
      {"length_overflows",
       'X',
       "400",
       "INVITE",
       {{"Content-Length: 5", "Content-Length: 18446744073709551621"}}},
      {"half_escape", 'X', "400", "OPTIONS", {{"sip:bob@", "sip:b%4@"}}},
      {"port_too_large", 'X', "400", "OPTIONS", {{"example.com S", "example.com:65536 S"}}},
      {"no_end_of_headers", 'X', "400", "OPTIONS", {{"\r\n\r\n", "\r\n"}}},
      {"unknown_scheme", 'S', "parse; 416", "OPTIONS", {{"sip:bob@example.com", "x:y"}}},
      {"unknown_extension",
       'S',
       "parse; 420 with Unsupported",
       "INVITE",
       {{"Call-ID", "Require: frob\r\nCall-ID"}}},
      {"unknown_body",
       'S',
       "parse; 415 with Accept",
       "INVITE",
       {{"application/sdp", "application/frob"}}},
      {"no_answer_wanted",
       'S',
       "parse; 406 (or 400)",
       "INVITE",
       {{"Call-ID", "Accept: text/frob\r\nCall-ID"}}},
      {"ack_is_never_answered", 'X', "drop", "ACK", {{"CSeq: 1", "CSeq: x"}}},
      {"response", 'V', "accept", "", {}},
      {"response_without_reason", 'V', "accept", "", {{"200 OK", "200 "}}},
      {"response_with_utf8_reason", 'V', "accept", "", {{"OK", "\xD0\xBD\xD0\xBE"}}},
      {"response_with_any_bytes_as_reason", 'V', "accept", "", {{"OK", "\xFF\x80"}}},
      {"response_of_another", 'S', "parse; dropped if not ours", "", {}},
      {"response_with_large_status", 'X', "drop", "", {{"200", "4294967496"}}},
      {"response_with_small_status", 'X', "drop", "", {{"200", "020"}}},
      {"response_with_large_cseq", 'X', "drop", "", {{"CSeq: 7", "CSeq: 4294967303"}}},
      {"response_cut_short", 'X', "drop", "", {{"Length: 0", "Length: 1"}}},
      {"response_of_another_version", 'X', "drop", "", {{"SIP/2.0 2", "SIP/3.0 2"}}},
  };
  return all;
}

class SipOwnTorture : public testing::TestWithParam<Example> {};

TEST_P(SipOwnTorture, IsTreatedAsItsClassSays) {
  const Example& example = GetParam();
  const std::string method = example.method;
  const std::string plain =
      method.empty() ? plain_response("OPTIONS") : plain_request(method, false);
  const TortureMessage message{example.name, example.kind, example.verdict,
                               changed(plain, example.changes)};
  EXPECT_EQ(judge(message), "") << message.kind << ": " << message.verdict;
}

std::string name_of(const testing::TestParamInfo<Example>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Examples, SipOwnTorture, testing::ValuesIn(examples()), name_of);

// --- the judge can say no ---

const Reaction kTaken{true, {"SIP/2.0 100 Trying\r\n\r\n"}, true};
const Reaction kSilent{false, {}, false};

Reaction refused(int status, const std::string& more = "") {
  return {false, {"SIP/2.0 " + std::to_string(status) + " x\r\n" + more + "\r\n"}, false};
}

std::string fault(char kind, const char* text, const Reaction& reaction) {
  return Verdict(kind, text).fault(reaction, kTaken);
}

TEST(SipTortureVerdict, ValidHasToBeTaken) {
  EXPECT_EQ(fault('V', "accept; folding", kTaken), "");
  EXPECT_NE(fault('V', "accept; folding", refused(400)), "");
  EXPECT_NE(fault('V', "accept; folding", kSilent), "");
  EXPECT_NE(fault('V', "accept; folding", {true, {"SIP/2.0 400 x\r\n"}, false}), "");
  EXPECT_NE(fault('V', "accept; folding", {true, kTaken.answers, false}), "");
  EXPECT_EQ(fault('V', "accept; an endpoint answers 405/501", {true, {"SIP/2.0 501 x"}, false}),
            "");
  EXPECT_NE(fault('V', "accept; an endpoint answers 405/501", kTaken), "");
}

TEST(SipTortureVerdict, InvalidHasToBeRefusedWithItsStatus) {
  EXPECT_EQ(fault('X', "400 (or infer the quote)", refused(400)), "");
  EXPECT_NE(fault('X', "400 (or infer the quote)", kTaken), "");
  EXPECT_NE(fault('X', "400 (or infer the quote)", kSilent), "");
  EXPECT_NE(fault('X', "400", {false, refused(400).answers, true}), "");
  EXPECT_NE(fault('X', "505; SIP/7.0", refused(400)), "");
  EXPECT_EQ(fault('X', "501 (400 allowed)", refused(400)), "");
  EXPECT_NE(fault('X', "501 (400 allowed)", refused(500)), "");
  EXPECT_EQ(fault('X', "error; negative", refused(413)), "");
  EXPECT_NE(fault('X', "error; negative", kTaken), "");
  EXPECT_EQ(fault('X', "drop", kSilent), "");
  EXPECT_NE(fault('X', "drop", refused(400)), "");
}

TEST(SipTortureVerdict, LiberalMayBeEither) {
  EXPECT_EQ(fault('L', "400, or ignore the brackets", kTaken), "");
  EXPECT_EQ(fault('L', "400, or ignore the brackets", refused(400)), "");
  EXPECT_NE(fault('L', "400, or ignore the brackets", refused(481)), "");
  EXPECT_NE(fault('L', "400, or ignore the brackets", kSilent), "");
  EXPECT_NE(fault('L', "reject only if Date matters", refused(400)), "");
}

TEST(SipTortureVerdict, FaultAboveTheParserNeedsItsAnswer) {
  const Reaction unsupported{true, refused(420, "Unsupported: x\r\n").answers, false};
  EXPECT_EQ(fault('S', "parse; 420 with Unsupported", unsupported), "");
  EXPECT_NE(fault('S', "parse; 420 with Unsupported", {true, refused(420).answers, false}), "");
  EXPECT_NE(fault('S', "parse; 420 with Unsupported", {false, unsupported.answers, false}), "");
  EXPECT_NE(fault('S', "parse; 416", kTaken), "");
  EXPECT_NE(fault('S', "parse; ignored", refused(400)), "");
  EXPECT_NE(fault('S', "error; two lengths", kTaken), "");
}

TEST(SipTortureVerdict, ResponseIsTakenOnlyIfOursAndValid) {
  const Reaction heard{true, {}, true}, unheard{true, {}, false};
  EXPECT_EQ(Verdict('V', "accept").fault_of_response(unheard, heard), "");
  EXPECT_NE(Verdict('V', "accept").fault_of_response(unheard, unheard), "");
  EXPECT_NE(Verdict('V', "accept").fault_of_response(heard, heard), "");
  EXPECT_EQ(Verdict('X', "drop").fault_of_response(unheard, unheard), "");
  EXPECT_NE(Verdict('X', "drop").fault_of_response(unheard, heard), "");
  EXPECT_EQ(Verdict('S', "parse; dropped").fault_of_response(unheard, heard), "");
}

}  // namespace
}  // namespace rc::sip
