// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sip/bounds.h"
#include "sip/message.h"

namespace rc::sip {

// Why a message is not usable.
struct ParseFault {
  int status = 400;  // what to answer a request with: 400, 501, 505, 513; a response is dropped
  std::string text;  // one phrase for the log and the Reason; no text of the message in it
};

struct Parsed {
  Message message;  // with a fault: as much as was understood
  std::optional<ParseFault> fault;

  bool ok() const { return !fault.has_value(); }
  // With a fault: whether response_to(message, fault->status, ...) can be sent at all: a request
  // but no ACK, with a Via to send back. The Via itself may be malformed: the answer goes over the
  // connection that the request came by.
  bool answerable() const;
};

// One WebSocket message = one SIP message (RFC 7118 5): what follows the end that Content-Length
// names is cut off; Content-Length may be missing. Strict as RFC 4475 asks: the mandatory headers
// are there once and well formed, numbers are bounded, CSeq fits the method.
// RingCentral's own SDK counts Content-Length in UTF-16 units: a body whose UTF-16 length is what
// Content-Length says is taken whole.
Parsed parse_message(std::string_view bytes);

}  // namespace rc::sip
