// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sip_text.h"

namespace standin {

// What one message of our own client breaks of RFC 3261's grammar and of its rules on mandatory
// headers, looking at this message alone. raw: the frame as it came; message: its lenient reading.
std::vector<std::string> grammar_faults(std::string_view raw, const SipMessage& message);

}  // namespace standin
