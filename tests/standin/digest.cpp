// SPDX-License-Identifier: LGPL-2.1-or-later
#include "digest.h"

#include <array>

#include "sip_text.h"

namespace standin {
namespace {

constexpr std::string_view kForeign = "sip.example.com";
constexpr gint64 kNonceLifeUs = 5 * 60 * G_USEC_PER_SEC;

std::string hash(GChecksumType type, const std::string& text) {
  gchar* sum = g_compute_checksum_for_string(type, text.c_str(), static_cast<gssize>(text.size()));
  std::string out = sum;
  g_free(sum);
  return out;
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = g_ascii_tolower(c);
  return out;
}

// Cuts one "value" or value off text, which starts behind the '='.
std::string take_value(std::string_view& text) {
  std::string value;
  if (!text.empty() && text[0] == '"') {
    std::size_t i = 1;
    for (; i < text.size() && text[i] != '"'; ++i) {
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      value += text[i];
    }
    text.remove_prefix(std::min(i + 1, text.size()));
  }
  const auto comma = text.find(',');
  if (value.empty()) value = trim(text.substr(0, comma));
  text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  return value;
}

// The service's nonces look like 32 base64 characters (2019 sample).
std::string make_nonce() {
  std::array<guchar, 24> bytes{};
  for (auto& byte : bytes) byte = static_cast<guchar>(g_random_int_range(0, 256));
  gchar* text = g_base64_encode(bytes.data(), bytes.size());
  std::string nonce = text;
  g_free(text);
  return nonce;
}

}  // namespace

std::string random_hex(int bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (int i = 0; i < bytes * 2; ++i) {
    out += kDigits[static_cast<std::size_t>(g_random_int_range(0, 16))];
  }
  return out;
}

std::string value_of(const DigestParams& params, const std::string& name) {
  const auto found = params.find(name);
  return found == params.end() ? std::string() : found->second;
}

DigestParams parse_digest(std::string_view header) {
  DigestParams params;
  header = trim(header);
  if (header.size() < 7 || !equal_nocase(header.substr(0, 7), "Digest ")) return params;
  header.remove_prefix(7);
  for (auto equals = header.find('='); equals != std::string_view::npos;
       equals = header.find('=')) {
    const std::string name = lower(trim(header.substr(0, equals)));
    header = trim(header.substr(equals + 1));
    params[name] = take_value(header);
  }
  return params;
}

std::string digest_response(const DigestParams& params, std::string_view password,
                            std::string_view method) {
  const bool sha256 = equal_nocase(value_of(params, "algorithm"), "SHA-256");
  const auto h = [type = sha256 ? G_CHECKSUM_SHA256 : G_CHECKSUM_MD5](const std::string& text) {
    return hash(type, text);
  };
  const std::string ha1 = h(value_of(params, "username") + ":" + value_of(params, "realm") + ":" +
                            std::string(password));
  const std::string ha2 = h(std::string(method) + ":" + value_of(params, "uri"));
  const std::string nonce = value_of(params, "nonce");
  if (value_of(params, "qop").empty()) return h(ha1 + ":" + nonce + ":" + ha2);
  return h(ha1 + ":" + nonce + ":" + value_of(params, "nc") + ":" + value_of(params, "cnonce") +
           ":" + value_of(params, "qop") + ":" + ha2);
}

std::vector<std::string> Challenger::challenge(std::string_view realm, const Challenges& style,
                                               bool stale) {
  forget_old();
  const bool qop = style.qop;
  if (style.foreign) return {one(kForeign, "MD5", qop, false)};
  switch (style.kind) {
    case Challenges::kSha256:
      return {one(realm, "SHA-256", true, stale)};
    case Challenges::kTwoLines:
      return {one(realm, "MD5", true, stale), one(realm, "SHA-256", true, stale)};
    case Challenges::kOneLine:
      return {one(realm, "MD5", true, stale) + ", " + one(realm, "SHA-256", true, stale)};
    case Challenges::kUnknown:
      return {one(realm, "X-NOBODYS", true, stale), one(realm, "MD5", true, stale)};
    case Challenges::kForeignFirst:
      return {one(kForeign, "MD5", qop, false), one(realm, "MD5", qop, stale)};
    default:
      return {one(realm, qop ? "MD5" : "", qop, stale)};
  }
}

std::string Challenger::one(std::string_view realm, std::string_view algorithm, bool qop,
                            bool stale) {
  const std::string nonce = make_nonce();
  nonces_[nonce] = {g_get_monotonic_time(), qop, std::string(algorithm == "MD5" ? "" : algorithm)};
  std::string text = "Digest realm=\"" + std::string(realm) + "\", nonce=\"" + nonce + "\"";
  if (qop) text += ", qop=\"auth\"";
  if (!algorithm.empty()) text += ", algorithm=" + std::string(algorithm);
  // Without qop a nonce serves once, and the service says nothing of stale.
  if (stale && qop) text += ", stale=true";
  return text;
}

AuthVerdict Challenger::check(std::string_view header, std::string_view method,
                              std::string_view username, std::string_view password) {
  const auto params = parse_digest(header);
  if (params.empty()) return AuthVerdict::kMissing;
  forget_old();
  const auto nonce = nonces_.find(value_of(params, "nonce"));
  if (nonce == nonces_.end()) return AuthVerdict::kStale;
  const std::string algorithm = nonce->second.algorithm;
  if (!accept_use(nonce, params)) return AuthVerdict::kStale;
  const bool asked = algorithm.empty() || equal_nocase(value_of(params, "algorithm"), algorithm);
  const bool good = asked && value_of(params, "realm") != kForeign &&
                    value_of(params, "username") == username &&
                    value_of(params, "response") == digest_response(params, password, method);
  return good ? AuthVerdict::kGood : AuthVerdict::kWrong;
}

bool Challenger::accept_use(std::map<std::string, Nonce>::iterator nonce,
                            const DigestParams& params) {
  // The SDK answers a qop challenge without qop.
  if (!nonce->second.qop || value_of(params, "nc").empty()) {
    nonces_.erase(nonce);
    return true;
  }
  const guint64 nc = g_ascii_strtoull(value_of(params, "nc").c_str(), nullptr, 16);
  if (nc <= nonce->second.last_nc) return false;
  nonce->second.last_nc = nc;
  return true;
}

void Challenger::forget_old() {
  const gint64 now = g_get_monotonic_time();
  std::erase_if(nonces_, [&](const auto& n) { return now - n.second.born_us > kNonceLifeUs; });
}

}  // namespace standin
