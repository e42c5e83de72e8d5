// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "sip/message.h"
#include "sip/parser.h"

namespace rc::sip {

// What must hold for the headers of a message, beyond each line's form: the mandatory ones are
// there, none is doubled that must not be, and those that we act on are well formed.
std::optional<ParseFault> check_headers(const Message& message);

}  // namespace rc::sip
