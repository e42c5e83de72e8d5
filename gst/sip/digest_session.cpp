// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>

#include "core/random.h"
#include "core/text.h"
#include "sip/digest.h"
#include "sip/digest_fields.h"
#include "sip/message.h"

namespace rc::sip {
namespace {

// A server that calls every nonce stale is a broken one.
constexpr int kMaxRetries = 3;

const char* answer_header(bool proxy) { return proxy ? "Proxy-Authorization" : "Authorization"; }

// The nonce of the answer that the request carried for this realm; empty: it carried none.
std::string answered_nonce(const Message& request, const Challenge& challenge) {
  for (const std::string_view value : request.headers(answer_header(challenge.proxy))) {
    const auto fields = DigestFields::parse(value);
    if (fields && fields->get("realm") == challenge.realm) return fields->get("nonce");
  }
  return {};
}

// RingCentral gives new nonces without stale=true: a nonce kept from an earlier request may have
// aged, one made for this very request has not.
bool is_refusal(const Message& request, const Challenge& challenge, int retries) {
  const std::string nonce = answered_nonce(request, challenge);
  if (nonce.empty() || challenge.stale) return false;
  return nonce == challenge.nonce || retries > 0;
}

// Why none of the challenges is answered.
Error unanswerable(const Message& response, const std::vector<std::string>& realms) {
  const auto all = response.challenges();
  if (all.empty()) return {Errc::kAuth, "the server asks for a login that this client cannot do"};
  if (std::find(realms.begin(), realms.end(), all.front().realm) != realms.end())
    return {Errc::kAuth, "the server asks for a weaker digest than it did before"};
  // Nothing is wrong with our credentials: provisioning anew would only cost the running calls.
  return {Errc::kProtocol, "the server asks for the password of another realm (" +
                               clean_text(all.front().realm) + "), which is not given away"};
}

}  // namespace

DigestSession::DigestSession(Options options) : options_(std::move(options)) {}

// Somebody between us and the server may ask for less than the server did before (RFC 8760 2.3):
// what one of a realm's challenges has asked for is the least for all that come.
bool DigestSession::is_weaker_than_before(const Challenge& challenge) const {
  return std::any_of(nonces_.begin(), nonces_.end(), [&challenge](const auto& known) {
    const Challenge& before = known.second.challenge;
    return before.realm == challenge.realm && before.algorithm > challenge.algorithm;
  });
}

// Of each realm the strongest that we know (RFC 7616 3.7).
std::map<DigestSession::Key, Challenge> DigestSession::answerable(const Message& response) const {
  std::map<Key, Challenge> out;
  for (Challenge& each : response.challenges()) {
    const auto& realms = options_.realms;
    if (std::find(realms.begin(), realms.end(), each.realm) == realms.end()) continue;
    if (is_weaker_than_before(each)) continue;
    const auto [place, is_new] = out.try_emplace(Key(each.proxy, each.realm), each);
    if (!is_new && each.algorithm > place->second.algorithm) place->second = std::move(each);
  }
  return out;
}

Result<void> DigestSession::take_challenge(const Message& request, const Message& response,
                                           int retries) {
  auto challenges = answerable(response);
  if (challenges.empty()) return unanswerable(response, options_.realms);
  for (const auto& [key, challenge] : challenges) {
    if (retries >= kMaxRetries || is_refusal(request, challenge, retries))
      return Error{Errc::kAuth, "the SIP server refused the user name or password"};
  }
  for (auto& [key, challenge] : challenges) keep(nonces_[key], std::move(challenge));
  return {};
}

// The count goes on when the nonce is the old one: each number may be used once (RFC 7616 3.4).
void DigestSession::keep(Nonce& nonce, Challenge challenge) {
  const bool same = nonce.challenge.nonce == challenge.nonce;
  nonce = {std::move(challenge), random_token(16), same ? nonce.count : 0};
}

std::string DigestSession::digest_uri(const Message& request) const {
  return options_.uri.empty() ? request.request_uri() : options_.uri;
}

void DigestSession::authorize(Message& request) {
  request.remove("Authorization");
  request.remove("Proxy-Authorization");
  const std::string uri = digest_uri(request);
  for (auto& [key, nonce] : nonces_) {
    const DigestInput input{request.method(), uri, request.body(), nonce.cnonce, ++nonce.count};
    request.add(answer_header(key.first),
                digest_authorization(nonce.challenge, options_.credentials, input));
  }
}

void DigestSession::forget() { nonces_.clear(); }

}  // namespace rc::sip
