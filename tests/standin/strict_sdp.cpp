// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_sdp.h"

#include <glib.h>

#include <algorithm>

namespace standin {
namespace {

struct Origin {
  std::string session;  // user, id and address
  std::uint64_t version = 0;
};

std::vector<std::string> lines_of(std::string_view sdp) {
  std::vector<std::string> lines;
  for (auto end = sdp.find("\r\n"); end != std::string_view::npos; end = sdp.find("\r\n")) {
    lines.emplace_back(sdp.substr(0, end));
    sdp.remove_prefix(end + 2);
  }
  if (!sdp.empty()) lines.emplace_back(sdp);
  return lines;
}

// o=<user> <id> <version> <nettype> <addrtype> <address>
Origin origin_of(const std::vector<std::string>& lines) {
  Origin origin;
  if (lines.size() < 2) return origin;
  g_auto(GStrv) parts = g_strsplit(lines[1].c_str(), " ", 0);
  if (g_strv_length(parts) != 6) return origin;
  origin.session = std::string(parts[0]) + " " + parts[1] + " " + parts[5];
  origin.version = g_ascii_strtoull(parts[2], nullptr, 10);
  return origin;
}

auto media_count(const std::vector<std::string>& lines) {
  return std::count_if(lines.begin(), lines.end(),
                       [](const auto& line) { return starts_with(line, "m="); });
}

void check_form(std::string_view sdp, const std::vector<std::string>& lines, Rules& broken) {
  static constexpr std::string_view kFirst[] = {"v=0", "o=", "s="};
  bool good = lines.size() > 3 && sdp.substr(sdp.size() - 2) == "\r\n";
  for (std::size_t i = 0; good && i < 3; ++i) good = starts_with(lines[i], kFirst[i]);
  for (const auto& line : lines) {
    good = good && line.size() > 2 && line[1] == '=' && line.find_first_of("\r\n") == line.npos;
  }
  if (!good || origin_of(lines).session.empty()) broken.push_back("malformed SDP");
}

}  // namespace

void StrictSdp::received(const SipMessage& message, Rules& broken) {
  if (!equal_nocase(message.get("Content-Type"), "application/sdp")) return;
  const auto lines = lines_of(message.body);
  check_form(message.body, lines, broken);
  Last& last = last_[std::string(message.get("Call-ID"))];
  if (!last.sdp.empty() && last.sdp != message.body) {
    const auto before = lines_of(last.sdp);
    const Origin old_origin = origin_of(before);
    const Origin origin = origin_of(lines);
    if (origin.session != old_origin.session) broken.push_back("SDP of another origin");
    const bool higher = last.some_lost && origin.version > old_origin.version;
    if (origin.version != old_origin.version + 1 && !higher) {
      broken.push_back("SDP changed without version + 1");
    }
    if (media_count(lines) < media_count(before)) broken.push_back("SDP with fewer media");
  }
  last = {message.body};
}

void StrictSdp::on_lost() {
  for (auto& [call_id, last] : last_) last.some_lost = true;
}

}  // namespace standin
