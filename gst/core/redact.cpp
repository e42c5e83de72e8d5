// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/redact.h"

#include <glib.h>

#include <array>

namespace rc {
namespace {

constexpr const char* kMask = "***";

// Matches the part to keep as group 1; what follows it up to the end of the match is the secret.
// All patterns are linear: no nested quantifiers (the text comes from the network).
constexpr const char* kSecrets =
    "("
    "^(?:proxy-)?authorization[ \\t]*:[ \\t]*"  // headers, to the line's end
    "|^a=(?:ice-pwd|crypto|fingerprint):"       // SDP
    ")[^\\r\\n]+"
    "|(\\bbearer[ ]+|[\"']?\\b(?:password|access_token|refresh_token|ws_access_token|assertion|"
    "client_secret|jwt|token|response)\\b[\"']?[ ]*[:=][ ]*[\"']?)[^\\s\"'&,;}]+";

GRegex* secrets() {
  static GRegex* regex =
      g_regex_new(kSecrets,
                  static_cast<GRegexCompileFlags>(G_REGEX_CASELESS | G_REGEX_MULTILINE |
                                                  G_REGEX_RAW | G_REGEX_OPTIMIZE),
                  static_cast<GRegexMatchFlags>(0), nullptr);
  return regex;
}

}  // namespace

std::string redact(std::string_view text) {
  const std::string replacement = std::string("\\1\\2") + kMask;
  char* out = g_regex_replace(secrets(), text.data(), static_cast<gssize>(text.size()), 0,
                              replacement.c_str(), static_cast<GRegexMatchFlags>(0), nullptr);
  if (out == nullptr) return kMask;  // not matched cleanly: show nothing rather than a secret
  std::string result(out);
  g_free(out);
  return result;
}

}  // namespace rc
