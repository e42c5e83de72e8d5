// SPDX-License-Identifier: LGPL-2.1-or-later
#include "torture.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <regex>
#include <sstream>

namespace rc::sip {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool has(const std::string& text, const char* pattern) {
  return std::regex_search(text, std::regex(pattern));
}

std::set<int> statuses_in(const std::string& text) {
  const std::regex status("\\b[3-6][0-9][0-9]\\b");
  std::set<int> out;
  for (std::sregex_iterator each(text.begin(), text.end(), status), end; each != end; ++each)
    out.insert(std::stoi(each->str()));
  return out;
}

// The header of "420 with Unsupported for unknown Require".
std::string header_in(const std::string& text) {
  std::smatch found;
  const bool there =
      std::regex_search(text, found, std::regex("\\b[3-6][0-9][0-9] with ([A-Za-z-]+)"));
  return there ? found[1].str() : "";
}

bool is_same(const Reaction& a, const Reaction& b) {
  return status_of(a) == status_of(b) && a.answers.size() == b.answers.size() && a.told == b.told;
}

}  // namespace

std::vector<TortureMessage> read_torture_messages(const std::filesystem::path& folder) {
  std::vector<TortureMessage> out;
  std::istringstream index(read_file(folder / "INDEX.tsv"));
  for (std::string line; std::getline(index, line);) {
    if (line.empty() || line.front() == '#') continue;
    std::istringstream fields(line);
    std::string name, section, kind, verdict;
    std::getline(fields, name, '\t');
    std::getline(fields, section, '\t');
    std::getline(fields, kind, '\t');
    std::getline(fields, verdict);
    out.push_back(
        {name, kind.empty() ? '?' : kind.front(), verdict, read_file(folder / (name + ".dat"))});
  }
  return out;
}

int status_of(const Reaction& reaction) {
  constexpr size_t kStatusAt = 8;  // after "SIP/2.0 "
  return reaction.answers.empty() ? 0 : std::stoi(reaction.answers.front().substr(kStatusAt, 3));
}

Verdict::Verdict(char kind, const std::string& text)
    : must_parse_(kind == 'V' || has(text, "^parse;")),
      must_drop_(has(text, "\\bdrop")),
      statuses_(statuses_in(text)),
      header_(header_in(text)) {
  const bool either = has(text, "\\b[3-6][0-9][0-9], or ");
  const bool only_accept = statuses_.empty() && !must_drop_ && (must_parse_ || kind == 'L');
  may_accept_ = kind != 'X' && (either || only_accept);
}

bool Verdict::is_error_allowed(int status) const {
  if (statuses_.empty()) return !may_accept_ && status >= 400;
  return statuses_.count(status) != 0;
}

std::string Verdict::fault(const Reaction& reaction, const Reaction& plain) const {
  const int status = status_of(reaction);
  const std::string got = "got " + std::to_string(status);
  if (must_parse_ && !reaction.parsed) return "the parser refuses it";
  if (must_drop_) return reaction.answers.empty() && !reaction.told ? "" : "not dropped, " + got;
  if (may_accept_ && reaction.parsed && is_same(reaction, plain)) return "";
  if (!is_error_allowed(status)) return "not an answer that the verdict names, " + got;
  if (reaction.told) return "refused, but the application heard of it";
  if (!header_.empty() &&
      reaction.answers.front().find("\r\n" + header_ + ": ") == std::string::npos)
    return "answer without " + header_;
  return "";
}

std::string Verdict::fault_of_response(const Reaction& stray, const Reaction& ours) const {
  if (!stray.answers.empty() || stray.told) return "a response to nothing was not dropped";
  if (ours.told != must_parse_) return must_parse_ ? "not taken" : "not dropped";
  return must_parse_ && !ours.parsed ? "the parser refuses it" : "";
}

}  // namespace rc::sip
