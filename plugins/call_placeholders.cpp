// SPDX-License-Identifier: LGPL-2.1-or-later
#include "call_placeholders.h"

#include <ctime>
#include <optional>

#include "core/text.h"

namespace rc {
namespace {

constexpr size_t kMostCharacters = 64;  // of a value: a file's name has at most 255

bool is_safe(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
         c == '_' || c == '-';
}

std::string safe(const std::string& text) {
  std::string out = text.substr(0, kMostCharacters);
  for (char& c : out)
    if (!is_safe(c)) c = '_';
  return out.empty() ? "unknown" : out;
}

// UTC, so that names sort by time, and no hour comes twice.
std::string file_time(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof(text), "%Y%m%d-%H%M%S", &parts)};
}

std::optional<std::string> value_of(const std::string& placeholder, const call::CallInfo& call) {
  if (placeholder == "id") return safe(call.id);
  if (placeholder == "from") return safe(call.from_number);
  if (placeholder == "to") return safe(call.to_number);
  if (placeholder == "time") return file_time(call.started_at);
  return std::nullopt;
}

Error fault(const std::string& text) { return {Errc::kConfig, "call-bin: " + text}; }

}  // namespace

Result<std::string> describe_call(const std::string& description, const call::CallInfo& call) {
  std::string out;
  size_t at = 0;
  for (size_t begin = 0; (begin = description.find("%{", at)) != description.npos;) {
    const size_t end = description.find('}', begin);
    if (end == description.npos) return fault("a %{ has no }");
    const std::string placeholder = description.substr(begin + 2, end - begin - 2);
    const auto value = value_of(placeholder, call);
    if (!value)
      return fault("there is no %{" + clean_text(placeholder) +
                   "}: use %{id}, %{from}, %{to} or %{time}");
    out += description.substr(at, begin - at) + *value;
    at = end + 1;
  }
  return out + description.substr(at);
}

}  // namespace rc
