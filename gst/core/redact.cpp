// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/redact.h"

#include <glib.h>

#include <array>

namespace rc {
namespace {

constexpr const char* kMask = "***";

// A group keeps what stands before the secret; what follows it up to the end of the match is the
// secret. All patterns are linear (the text comes from the network): no quantifier can give back
// what another takes.
constexpr const char* kSecrets =
    // Headers to their end, folded lines too; SDP lines to theirs.
    "(^(?:proxy-)?authorization[ \\t]*:)(?:[^\\r\\n]|\\r?\\n[ \\t])*+"
    "|(^a=(?:ice-pwd|crypto|fingerprint|key-mgmt):|^k=)[^\\r\\n]++"
    // RingCentral's XML: what names a ringing call to its agent, and the address of a recording.
    "|(\\b(?:req|recurl)=\")[^\"\\r\\n]*+"
    "|(\\bbearer[ ]++)[^\\s\"',;}]++"
    // A JSON Web Token wherever it stands.
    "|()\\beyJ[\\w-]++\\.[\\w-]++\\.[\\w-]*+"
    // Fields of JSON, forms and digests.
    "|([\"']?\\b(?:password|access_token|refresh_token|ws_access_token|assertion|client_secret|jwt|"
    "token|response|rspauth)\\b[\"']?[ ]*+[:=][ ]*+)"
    "(?:\"(?:[^\"\\\\]|\\\\.)*+\"?|'[^']*+'?|[^\\s\"'&,;}]++)";

GRegex* secrets() {
  static GRegex* regex = g_regex_new(
      kSecrets,
      static_cast<GRegexCompileFlags>(G_REGEX_CASELESS | G_REGEX_MULTILINE | G_REGEX_RAW |
                                      G_REGEX_OPTIMIZE | G_REGEX_NEWLINE_ANYCRLF),
      static_cast<GRegexMatchFlags>(0), nullptr);
  return regex;
}

}  // namespace

std::string redact(std::string_view text) {
  const std::string replacement = std::string("\\1\\2\\3\\4\\5\\6") + kMask;
  char* out = g_regex_replace(secrets(), text.data(), static_cast<gssize>(text.size()), 0,
                              replacement.c_str(), static_cast<GRegexMatchFlags>(0), nullptr);
  if (out == nullptr) return kMask;  // not matched cleanly: show nothing rather than a secret
  std::string result(out);
  g_free(out);
  return result;
}

}  // namespace rc
