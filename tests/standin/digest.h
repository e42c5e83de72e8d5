// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <glib.h>

#include <map>
#include <string>
#include <string_view>

namespace standin {

// Parameters of an Authorization or Proxy-Authorization header, names in lower case, unquoted.
using DigestParams = std::map<std::string, std::string>;
// Empty when the scheme is not Digest.
DigestParams parse_digest(std::string_view header);

// The response a client with this password must send (RFC 2617; MD5; qop absent or auth).
std::string digest_response(const DigestParams& params, std::string_view password,
                            std::string_view method);

enum class AuthVerdict { kMissing, kStale, kWrong, kGood };

// Hands out nonces and checks answers to them. Without qop a nonce is good for one answer; with
// qop=auth for five minutes and rising nc. The lifetimes of the real service are not known.
class Challenger {
 public:
  std::string challenge(std::string_view realm, bool qop, bool stale = false);
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
    guint64 last_nc = 0;
  };
  void forget_old();
  bool accept_use(std::map<std::string, Nonce>::iterator nonce, const DigestParams& params);

  std::map<std::string, Nonce> nonces_;
};

std::string random_hex(int bytes);

}  // namespace standin
