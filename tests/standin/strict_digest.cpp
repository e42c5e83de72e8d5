// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_digest.h"

#include <glib.h>

#include "accounts.h"
#include "digest.h"

namespace standin {
namespace {

// Each challenge of ours starts with its scheme, whether in a line of its own or after a comma.
std::vector<DigestParams> challenges_of(const SipMessage& response) {
  std::vector<DigestParams> out;
  for (const char* name : {"WWW-Authenticate", "Proxy-Authenticate"}) {
    for (const auto& header : response.headers) {
      if (!equal_nocase(header.name, name)) continue;
      for (std::string_view rest = header.value; !rest.empty();) {
        const auto next = rest.find(", Digest ");
        out.push_back(parse_digest(rest.substr(0, next)));
        rest.remove_prefix(next == std::string_view::npos ? rest.size() : next + 2);
      }
    }
  }
  return out;
}

std::string_view credentials_of(const SipMessage& request) {
  const auto own = request.get("Authorization");
  return own.empty() ? request.get("Proxy-Authorization") : own;
}

}  // namespace

void StrictDigest::sent_response(const SipMessage& response, const SipMessage* request) {
  if (response.status != 401 && response.status != 407) return;
  const auto challenges = challenges_of(response);
  bool strong = false;
  for (const auto& each : challenges) strong |= value_of(each, "algorithm") == "SHA-256";
  bool fresh = false;
  if (request != nullptr) {
    const auto used = nonces_.find(value_of(parse_digest(credentials_of(*request)), "nonce"));
    fresh = used != nonces_.end() && used->second.used == 1;
  }
  for (const auto& each : challenges) {
    Nonce& nonce = nonces_[value_of(each, "nonce")];
    nonce.foreign = value_of(each, "realm") != kDomain;
    nonce.weaker = strong && value_of(each, "algorithm") != "SHA-256";
    nonce.refused = fresh && value_of(each, "stale") != "true";
  }
}

void StrictDigest::received_request(const SipMessage& request, Rules& broken) {
  if (request.method == "ACK" || request.method == "CANCEL") return;
  for (const char* name : {"Authorization", "Proxy-Authorization"}) {
    const auto value = request.get(name);
    if (!value.empty()) check(value, broken);
  }
}

void StrictDigest::check(std::string_view credentials, Rules& broken) {
  const auto params = parse_digest(credentials);
  const auto found = nonces_.find(value_of(params, "nonce"));
  if (found == nonces_.end()) return;  // of a life before this one
  Nonce& nonce = found->second;
  ++nonce.used;
  if (nonce.foreign) broken.push_back("credentials for a foreign realm");
  if (nonce.weaker) broken.push_back("credentials with the weaker algorithm");
  if (nonce.refused) broken.push_back("credentials again after a refusal without stale");
  const std::string nc = value_of(params, "nc");
  if (value_of(params, "qop").empty()) return;
  const auto count = g_ascii_strtoull(nc.c_str(), nullptr, 16);
  const bool higher = nonce.some_lost && count > nonce.used;
  if (nc.size() != 8 || (count != nonce.used && !higher)) {
    broken.push_back("nc does not count the uses of the nonce");
  }
  nonce.used = count;
  nonce.some_lost = false;
  if (value_of(params, "cnonce").empty()) broken.push_back("qop without cnonce");
}

void StrictDigest::on_lost() {
  for (auto& [text, nonce] : nonces_) nonce.some_lost = true;
}

}  // namespace standin
