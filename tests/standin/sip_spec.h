// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "json_text.h"
#include "sip_text.h"

namespace standin {

// The "sip" object of the control API: what is unusual, but allowed, in the SIP of one call.
struct SipSpec {
  TextForm form = TextForm::kUsual;
  // Of our INVITE, or of every response to the client's INVITE but 100. Each takes the place of the
  // usual one of its name; a Via comes below ours.
  std::vector<SipHeader> headers;
  std::vector<SipHeader> ok_headers;  // of 2xx to the client's INVITE only
  std::string raw_name;               // display name between the quotes, byte for byte

  // Calls of ours.
  bool cancel_on_answer = false;  // a CANCEL crosses the client's 200

  // Calls of the client.
  bool answer_on_cancel = false;    // a 200 crosses the client's CANCEL
  bool reliable = false;            // RFC 3262, if the INVITE supports it
  std::int64_t min_se = 0;          // a shorter Session-Expires gets 422 (RFC 4028)
  std::int64_t forks = 0;           // further early dialogs
  std::int64_t forks_answered = 0;  // how many of these send a 200, too
};

// Nothing, with error set, when a value is unknown. No object: nothing unusual.
std::optional<SipSpec> parse_sip_spec(const std::optional<Json>& json, std::string& error);

// {"Name":"value","Name":["value",..]} in order of the names.
std::vector<SipHeader> parse_headers(const std::optional<Json>& json);

// With the headers in place of those of the same name; Via lines come below the topmost.
void apply_headers(SipMessage& message, const std::vector<SipHeader>& headers);

}  // namespace standin
