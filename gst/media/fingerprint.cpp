// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/fingerprint.h"

#include <gst/gst.h>

#include <array>
#include <cctype>
#include <memory>
#include <optional>

#include "core/ref.h"
#include "core/text.h"

namespace rc::media {
namespace {

struct Algorithm {
  const char* name;
  GChecksumType type;
};

constexpr std::array<Algorithm, 4> kAlgorithms = {{
    {"sha-1", G_CHECKSUM_SHA1},
    {"sha-256", G_CHECKSUM_SHA256},
    {"sha-384", G_CHECKSUM_SHA384},
    {"sha-512", G_CHECKSUM_SHA512},
}};  // weakest first

const Algorithm* find_algorithm(std::string_view name) {
  for (const Algorithm& it : kAlgorithms) {
    if (name == it.name) return &it;
  }
  return nullptr;
}

bool is_digest(std::string_view text, size_t bytes) {
  if (text.size() != bytes * 3 - 1) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (i % 3 == 2 ? c != ':' : std::isxdigit(c) == 0) return false;
  }
  return true;
}

// The DER form inside the first PEM block.
std::string certificate_der(std::string_view pem) {
  constexpr std::string_view kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr std::string_view kEnd = "-----END CERTIFICATE-----";
  const size_t begin = pem.find(kBegin);
  if (begin == std::string_view::npos) return {};
  const size_t end = pem.find(kEnd, begin);
  if (end == std::string_view::npos) return {};
  const std::string body(pem.substr(begin + kBegin.size(), end - begin - kBegin.size()));
  gsize length = 0;
  const Owned<char> der(reinterpret_cast<char*>(g_base64_decode(body.c_str(), &length)));
  return std::string(der.get(), length);
}

std::string digest_of(std::string_view data, GChecksumType type) {
  const Owned<char> hex(
      g_compute_checksum_for_data(type, reinterpret_cast<const guchar*>(data.data()), data.size()));
  std::string text;
  for (const char* c = hex.get(); *c != '\0'; ++c) {
    if (!text.empty() && (c - hex.get()) % 2 == 0) text += ':';
    text += g_ascii_toupper(*c);
  }
  return text;
}

}  // namespace

Result<Fingerprint> parse_fingerprint(std::string_view value) {
  const std::string_view text = trim(value);
  const size_t space = text.find(' ');
  if (space == std::string_view::npos) return Error{Errc::kProtocol, "a=fingerprint has no digest"};
  Fingerprint result{to_lower(text.substr(0, space)), std::string(trim(text.substr(space)))};
  const Algorithm* algorithm = find_algorithm(result.algorithm);
  if (algorithm == nullptr) return Error{Errc::kProtocol, "a=fingerprint of an unknown algorithm"};
  const auto bytes = static_cast<size_t>(g_checksum_type_get_length(algorithm->type));
  if (!is_digest(result.digest, bytes)) {
    return Error{Errc::kProtocol, "a=fingerprint with a digest of the wrong form"};
  }
  for (char& c : result.digest) c = g_ascii_toupper(c);
  return result;
}

int strength(const Fingerprint& fingerprint) {
  const Algorithm* algorithm = find_algorithm(fingerprint.algorithm);
  return algorithm == nullptr ? 0 : static_cast<int>(algorithm - kAlgorithms.data()) + 1;
}

bool matches(const Fingerprint& announced, std::string_view certificate_pem) {
  const Algorithm* algorithm = find_algorithm(announced.algorithm);
  const std::string der = certificate_der(certificate_pem);
  if (algorithm == nullptr || der.empty()) return false;
  return digest_of(der, algorithm->type) == announced.digest;
}

}  // namespace rc::media
