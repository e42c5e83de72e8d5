// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/digest.h"

#include <glib.h>

#include <array>
#include <cstdio>
#include <initializer_list>

#include "core/ref.h"
#include "core/text.h"
#include "sip/digest_fields.h"
#include "sip/scanner.h"

namespace rc::sip {
namespace {

std::optional<DigestAlgorithm> parse_algorithm(std::string_view text) {
  if (text.empty() || equals_ignore_case(text, "MD5")) return DigestAlgorithm::kMd5;
  if (equals_ignore_case(text, "MD5-sess")) return DigestAlgorithm::kMd5Session;
  if (equals_ignore_case(text, "SHA-256")) return DigestAlgorithm::kSha256;
  if (equals_ignore_case(text, "SHA-256-sess")) return DigestAlgorithm::kSha256Session;
  return std::nullopt;
}

// False when there are options but none that we know.
bool parse_qop(const DigestFields& fields, Challenge& challenge) {
  challenge.has_qop = fields.has("qop");
  if (!challenge.has_qop) return true;
  const std::string qop = fields.get("qop");
  for (const std::string_view option : split_list(qop).value_or(std::vector<std::string_view>{})) {
    if (equals_ignore_case(option, "auth")) challenge.qop_auth = true;
    if (equals_ignore_case(option, "auth-int")) challenge.qop_auth_int = true;
  }
  return challenge.qop_auth || challenge.qop_auth_int;
}

bool is_session(DigestAlgorithm algorithm) {
  return algorithm == DigestAlgorithm::kMd5Session || algorithm == DigestAlgorithm::kSha256Session;
}

// Lower-case hex of the texts joined by ':'.
std::string hash(DigestAlgorithm algorithm, std::initializer_list<std::string_view> texts) {
  std::string joined;
  for (const auto* text = texts.begin(); text != texts.end(); ++text) {
    if (text != texts.begin()) joined += ':';
    joined += *text;
  }
  const bool sha = algorithm >= DigestAlgorithm::kSha256;
  const Owned<char> hex(g_compute_checksum_for_data(sha ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5,
                                                    reinterpret_cast<const guchar*>(joined.data()),
                                                    joined.size()));
  return hex.get();
}

// auth before auth-int: every server that offers both takes the first.
std::string_view chosen_qop(const Challenge& challenge) {
  if (!challenge.has_qop) return {};
  return challenge.qop_auth ? "auth" : "auth-int";
}

std::string hash_user(const Challenge& challenge, const Credentials& who, std::string_view cnonce) {
  const auto algorithm = challenge.algorithm;
  std::string ha1 = hash(algorithm, {who.username, challenge.realm, who.password});
  if (is_session(algorithm)) ha1 = hash(algorithm, {ha1, challenge.nonce, cnonce});
  return ha1;
}

std::string hash_request(const Challenge& challenge, const DigestInput& input) {
  const auto algorithm = challenge.algorithm;
  if (chosen_qop(challenge) != "auth-int") return hash(algorithm, {input.method, input.uri});
  return hash(algorithm, {input.method, input.uri, hash(algorithm, {input.body})});
}

std::string nonce_count_text(uint32_t count) {
  std::array<char, 9> text{};
  std::snprintf(text.data(), text.size(), "%08x", count);
  return text.data();
}

}  // namespace

Result<Challenge> Challenge::parse(std::string_view value, bool proxy) {
  const auto error = [](const char* text) { return Error{Errc::kProtocol, text}; };
  const auto fields = DigestFields::parse(value);
  if (!fields) return error("not a Digest challenge, or a malformed one");
  Challenge out;
  out.proxy = proxy;
  out.realm = fields->get("realm");
  out.nonce = fields->get("nonce");
  out.opaque = fields->get("opaque");
  out.stale = equals_ignore_case(fields->get("stale"), "true");
  out.algorithm_text = fields->get("algorithm");
  const auto algorithm = parse_algorithm(out.algorithm_text);
  if (!fields->has("realm") || out.nonce.empty()) return error("challenge without realm or nonce");
  if (!algorithm || !parse_qop(*fields, out)) return error("unknown algorithm or qop");
  out.algorithm = *algorithm;
  return out;
}

std::string digest_authorization(const Challenge& challenge, const Credentials& credentials,
                                 const DigestInput& input) {
  const std::string_view qop = chosen_qop(challenge);
  const std::string nc = nonce_count_text(input.nonce_count);
  const std::string ha1 = hash_user(challenge, credentials, input.cnonce);
  const std::string ha2 = hash_request(challenge, input);
  const std::string response =
      qop.empty() ? hash(challenge.algorithm, {ha1, challenge.nonce, ha2})
                  : hash(challenge.algorithm, {ha1, challenge.nonce, nc, input.cnonce, qop, ha2});
  std::string out = "Digest username=" + quote(credentials.username) +
                    ", realm=" + quote(challenge.realm) + ", nonce=" + quote(challenge.nonce) +
                    ", uri=" + quote(input.uri) + ", response=" + quote(response);
  // Unquoted by the grammar (RFC 3261 25.1), although RingCentral's SDK quotes them.
  if (!challenge.algorithm_text.empty()) out += ", algorithm=" + challenge.algorithm_text;
  const bool with_cnonce = !qop.empty() || is_session(challenge.algorithm);
  if (with_cnonce) out += ", cnonce=" + quote(input.cnonce);
  if (!challenge.opaque.empty()) out += ", opaque=" + quote(challenge.opaque);
  if (!qop.empty()) out += ", qop=" + std::string(qop) + ", nc=" + nc;
  return out;
}

}  // namespace rc::sip
