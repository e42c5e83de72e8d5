// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "strict_grammar.h"

namespace standin {

// RFC 4566's order of lines, and RFC 3264 5 and 8 on how one session's descriptions follow each
// other: the same origin, version + 1 for every change, no media section fewer.
class StrictSdp {
 public:
  // Any message of the client; nothing unless its body is SDP.
  void received(const SipMessage& message, Rules& broken);
  // Descriptions may have been lost with the socket: the next version is only higher.
  void on_lost();

 private:
  struct Last {
    std::string sdp;
    bool some_lost = false;
  };
  std::map<std::string, Last> last_;  // by Call-ID
};

}  // namespace standin
