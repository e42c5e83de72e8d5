// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip_text.h"

namespace standin {

// Rules that were broken, each in a few words; the tests know them by these.
using Rules = std::vector<std::string>;

// What one message of our own client breaks of RFC 3261's grammar and of its rules on mandatory
// headers, looking at this message alone. raw: the frame as it came; message: its lenient reading.
Rules grammar_faults(std::string_view raw, const SipMessage& message);

// The part of it about characters. A response copies what we wrote, whatever it is: the judge looks
// whether the request was in order.
void check_characters(std::string_view raw, const SipMessage& message, Rules& broken);

}  // namespace standin
