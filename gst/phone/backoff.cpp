// SPDX-License-Identifier: LGPL-2.1-or-later
#include "phone/backoff.h"

#include <algorithm>

#include "core/random.h"

namespace rc::phone {

std::chrono::milliseconds Backoff::next() {
  constexpr uint32_t kFirst = 1000, kLongest = 30000;
  const int attempt = attempts_++;
  if (attempt == 0) return std::chrono::milliseconds(0);
  const uint32_t wait = std::min(kLongest, kFirst << std::min(attempt - 1, 8));
  return std::chrono::milliseconds(wait + random_number(wait * 2 / 5));
}

}  // namespace rc::phone
