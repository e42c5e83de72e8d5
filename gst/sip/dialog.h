// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sip/message.h"

namespace rc::sip {

// RFC 3261 12: what both ends know of a call so that each can send requests to the other.
// A value. From and To are kept as text: the peer gets back byte for byte what it wrote.
class Dialog {
 public:
  // We were called: from their INVITE, with the tag of our responses.
  static Dialog callee(const Message& invite, const std::string& local_tag);
  // We called: from our INVITE and a response with a To tag (101-299), or without one (RFC 2543).
  static Dialog caller(const Message& invite, const Message& response);

  const std::string& call_id() const { return call_id_; }
  const std::string& local_tag() const { return local_tag_; }
  const std::string& remote_tag() const { return remote_tag_; }
  const std::string& remote_target() const { return remote_target_; }
  const std::vector<std::string>& route_set() const { return route_set_; }
  bool call_id_is_ours() const { return caller_; }  // who waits longer after a 491

  // A request inside the dialog: Request-URI, Route, From, To, Call-ID, CSeq + 1 (an ACK: the
  // number given), Max-Forwards. Via, Contact and the rest are the caller's.
  Message make_request(const std::string& method);
  Message make_ack(uint32_t invite_cseq) const;
  uint32_t next_cseq() { return ++local_cseq_; }

  // A later response to the same INVITE: a 2xx sets target and routes anew (13.2.2.4), one of
  // another To tag is another dialog. Our own CSeq counts on.
  void confirm(const Message& invite, const Message& response);

  // Whether a request of theirs is in order (12.2.2): false means 500. Remembers the number.
  bool take_cseq(const Message& request);
  bool is_repeated_cseq(const Message& request) const;
  // Target refresh: the Contact of a re-INVITE or UPDATE, or of a 2xx to one of ours.
  void refresh_target(const Message& message);

 private:
  Message make(const std::string& method, uint32_t cseq) const;

  bool caller_ = false;
  std::string call_id_, local_tag_, remote_tag_;
  std::string local_address_, remote_address_;  // with tags
  std::string remote_target_;                   // URI
  std::vector<std::string> route_set_;          // in the order of sending
  uint32_t local_cseq_ = 0;
  std::optional<uint32_t> remote_cseq_;
};

}  // namespace rc::sip
