// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <vector>

namespace rc::sip {

// A message that is hard to read, and what a receiver has to make of it: a line of an INDEX.tsv.
struct TortureMessage {
  std::string name;
  char kind = 'V';      // V valid, X invalid, L invalid but readable, S fault above the parser
  std::string verdict;  // "400, or ignore the brackets round the Request-URI"
  std::string bytes;
};

// All messages of a folder with INDEX.tsv and <name>.dat; empty where there is no such folder.
std::vector<TortureMessage> read_torture_messages(const std::filesystem::path& folder);

// What a user agent made of a message.
struct Reaction {
  bool parsed = false;               // the parser had no fault to find
  std::vector<std::string> answers;  // as sent: status line and headers
  bool told = false;                 // the application heard of it
};

// The first status sent; 0: nothing was sent.
int status_of(const Reaction& reaction);

// What a verdict allows. Words that count in its text: status codes, "NNN, or ..." (may be taken
// too), "NNN with <header>", "drop", and "parse;" at the beginning.
class Verdict {
 public:
  Verdict(char kind, const std::string& text);

  // What is wrong with the reaction to a request; empty: nothing. `plain`: the reaction to a
  // request of that method without any fault.
  std::string fault(const Reaction& reaction, const Reaction& plain) const;
  // The same of a response, once as it is and once with our own request's Via instead of its own.
  std::string fault_of_response(const Reaction& stray, const Reaction& ours) const;

 private:
  bool is_error_allowed(int status) const;

  bool must_parse_ = false;
  bool must_drop_ = false;
  bool may_accept_ = false;
  std::set<int> statuses_;
  std::string header_;  // that the answer must have
};

}  // namespace rc::sip
