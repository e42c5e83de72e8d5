// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace rc::sip {

class Message;

enum class DigestAlgorithm { kMd5, kMd5Session, kSha256, kSha256Session };  // weakest first

// One WWW-Authenticate or Proxy-Authenticate value with the scheme Digest.
struct Challenge {
  bool proxy = false;  // from Proxy-Authenticate: the answer goes into Proxy-Authorization
  std::string realm;
  std::string nonce;
  std::string opaque;
  bool stale = false;
  DigestAlgorithm algorithm = DigestAlgorithm::kMd5;
  std::string algorithm_text;  // as written, echoed; empty: none was given
  bool has_qop = false;        // false: the RFC 2069 form, which RingCentral uses
  bool qop_auth = false;
  bool qop_auth_int = false;

  // kProtocol when it is no Digest challenge, is malformed, or asks for what we cannot do (an
  // unknown algorithm or qop): such a challenge is ignored, another one may do (RFC 3261 22.4).
  static Result<Challenge> parse(std::string_view value, bool proxy);
};

struct Credentials {
  std::string username;  // RingCentral: the authorizationId, not sipInfo.username
  std::string password;
};

// What goes into the hash beside the challenge and the credentials.
struct DigestInput {
  std::string_view method;
  std::string_view uri;
  std::string_view body;  // for auth-int
  std::string_view cnonce;
  uint32_t nonce_count = 1;
};

// The value of an Authorization header that answers the challenge. Pure; for tests and
// DigestSession.
std::string digest_authorization(const Challenge& challenge, const Credentials& credentials,
                                 const DigestInput& input);

// Answers challenges for one account and keeps the nonce and its count for each realm, so that
// later requests carry credentials at once. Owned by the line. Thread: signalling.
class DigestSession {
 public:
  struct Options {
    Credentials credentials;
    // A challenge of any other realm is never answered: a digest given to a rogue challenger can
    // be cracked off line (GHSA-3v3f-99mv-qvj4). Compared exactly.
    std::vector<std::string> realms;
    // The digest-uri; empty: each request's Request-URI (RFC 3261). The official SDK writes
    // "sip:<domain>" into all.
    std::string uri;
  };
  explicit DigestSession(Options options);

  // Takes the challenges of a 401 or 407. Ok: authorize() the request again, with a new branch and
  // CSeq + 1, and send it. Else the response is final: kAuth, or kProtocol for another realm, with
  // the reason for a person.
  // `request` is what was challenged; `retries` is how often it was sent again for a challenge
  // before: credentials made from this request's own challenge and refused again without
  // stale=true mean a wrong password.
  Result<void> take_challenge(const Message& request, const Message& response, int retries);

  // Sets Authorization and Proxy-Authorization for every realm whose nonce is known; counts nc.
  // Not for ACK (carries the INVITE's credentials) nor CANCEL (cannot be challenged).
  void authorize(Message& request);

  void forget();  // nonces only, for example after a new connection

 private:
  struct Nonce {
    Challenge challenge;
    std::string cnonce;  // one for all its requests: a -sess key is made of the first (RFC 7616)
    uint32_t count = 0;  // requests sent with this nonce
  };
  using Key = std::pair<bool, std::string>;  // proxy, realm

  static void keep(Nonce& nonce, Challenge challenge);
  bool is_weaker_than_before(const Challenge& challenge) const;
  std::map<Key, Challenge> answerable(const Message& response) const;
  std::string digest_uri(const Message& request) const;

  Options options_;
  std::map<Key, Nonce> nonces_;
};

}  // namespace rc::sip
