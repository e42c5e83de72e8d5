// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "strict_grammar.h"

namespace standin {

// RFC 3262 both ways: the client's reliable responses and its PRACKs.
class StrictReliable {
 public:
  void received_response(const SipMessage& response, const SipMessage& request, Rules& broken);
  void received_prack(const SipMessage& prack, Rules& broken);
  // A response of ours; true when a PRACK has to follow.
  bool sent_response(const SipMessage& response);
  bool acknowledged(const SipMessage& response) const;

 private:
  struct Sent {
    std::string rack;  // what the PRACK has to say
    bool acknowledged = false;
  };
  std::map<std::string, Sent> sent_;               // newest of ours, by Call-ID and our tag
  std::map<std::string, std::uint64_t> received_;  // newest RSeq, by Call-ID and CSeq
};

}  // namespace standin
