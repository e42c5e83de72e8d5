// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>

#include "strict_grammar.h"

namespace standin {

// What RFC 3261 12 asks of the requests within a dialog: target, route set, tags, CSeq. Dialogs are
// told apart by Call-ID and our tag: forks share the rest.
class StrictDialogs {
 public:
  void sent_request(const SipMessage& request);
  // To the client's INVITE.
  void sent_response(const SipMessage& response);
  // Neither ACK nor CANCEL.
  void received_request(const SipMessage& request, Rules& broken);
  // Where requests of this dialog go and by which way; an ACK to a 2xx, too.
  void check_route(const SipMessage& request, Rules& broken) const;
  // To a request of ours that may open a dialog.
  void received_response(const SipMessage& response);

 private:
  struct Dialog {
    std::string target;               // ours: the Request-URI that requests need
    std::vector<std::string> routes;  // as the client has to use them
    bool confirmed = false;           // the route set stays as it is
    std::uint32_t last_cseq = 0;
    bool any_request = false;
    std::string client_tag;
  };
  Dialog& dialog(const SipMessage& message, std::string_view our_side);

  std::map<std::string, Dialog> dialogs_;
};

}  // namespace standin
