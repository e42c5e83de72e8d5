// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// Parameters of an Authorization or Proxy-Authorization header, names in lower case, unquoted.
using DigestParams = std::map<std::string, std::string>;
// Empty when the scheme is not Digest.
DigestParams parse_digest(std::string_view header);
// Empty when it is missing.
std::string value_of(const DigestParams& params, const std::string& name);

// The response a client with this password must send (RFC 2617, RFC 7616; MD5 or SHA-256 as the
// algorithm says; qop absent or auth).
std::string digest_response(const DigestParams& params, std::string_view password,
                            std::string_view method);

enum class AuthVerdict { kMissing, kStale, kWrong, kGood };

// What a challenge asks for.
struct Challenges {
  // The numbers are those of the fault "challenges".
  enum Kind {
    kUsual = 0,         // RingCentral's: neither algorithm nor qop
    kSha256 = 1,        // SHA-256 and nothing else
    kTwoLines = 2,      // MD5 and SHA-256, the weaker first (RFC 7616 lets the client choose)
    kOneLine = 3,       // the same, joined by a comma
    kUnknown = 4,       // an algorithm of nobody, then MD5
    kForeignFirst = 5,  // somebody else's realm, then ours
  };
  int kind = kUsual;
  bool qop = false;      // also where the kind alone does not bring it
  bool foreign = false;  // somebody else's realm and nothing else
};

// Hands out nonces and checks answers to them. Without qop a nonce is good for one answer; with
// qop=auth for five minutes and rising nc. The lifetimes of the real service are not known.
class Challenger {
 public:
  // The values of Www-Authenticate or Proxy-Authenticate, one for each line.
  std::vector<std::string> challenge(std::string_view realm, const Challenges& style,
                                     bool stale = false);
  // As a server that was started anew: every nonce is unknown.
  void forget() { nonces_.clear(); }
  // The uri parameter is taken as given: the SDK writes the domain for every method and the real
  // service accepts that.
  AuthVerdict check(std::string_view header, std::string_view method, std::string_view username,
                    std::string_view password);

 private:
  struct Nonce {
    gint64 born_us = 0;
    bool qop = false;
    std::string algorithm = {};  // that answers have to name; empty: MD5, named or not
    guint64 last_nc = 0;
  };
  std::string one(std::string_view realm, std::string_view algorithm, bool qop, bool stale);
  void forget_old();
  bool accept_use(std::map<std::string, Nonce>::iterator nonce, const DigestParams& params);

  std::map<std::string, Nonce> nonces_;
};

std::string random_hex(int bytes);

}  // namespace standin
