// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "strict_grammar.h"

namespace standin {

// How the client answers challenges (RFC 3261 22, RFC 7616): never a foreign realm, never the
// weaker of two, never again after a refusal without stale.
class StrictDigest {
 public:
  void sent_response(const SipMessage& response, const SipMessage* request);
  void received_request(const SipMessage& request, Rules& broken);
  // Requests may have been lost with the socket: the next nc is only higher.
  void on_lost();

 private:
  struct Nonce {
    bool foreign = false;
    bool weaker = false;     // SHA-256 came with it
    bool refused = false;    // it came instead of a 2xx to credentials that were fresh
    std::uint64_t used = 0;  // nc of the newest use, or their number where there is none
    bool some_lost = false;
  };
  void check(std::string_view credentials, Rules& broken);

  std::map<std::string, Nonce> nonces_;
};

}  // namespace standin
