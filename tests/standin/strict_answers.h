// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "strict_grammar.h"

namespace standin {

// What a response of the client must have of the request of ours that it answers: copied headers,
// what its status asks for, session timer (RFC 4028).
void check_answer(const SipMessage& response, const SipMessage& request, Rules& broken);

// What a request of the client says about the session's interval. least: from a 422 of ours.
void check_interval(const SipMessage& request, std::uint64_t least, Rules& broken);

}  // namespace standin
