// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

namespace rc {

// From the kernel (getrandom): tags, branches, cnonces and ids must not be guessable.
std::string random_token(size_t characters);  // [0-9a-z]
uint32_t random_number(uint32_t below);       // uniform in [0, below)
std::string random_uuid();                    // RFC 4122 version 4, lower case

}  // namespace rc
