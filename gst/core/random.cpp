// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/random.h"

#include <glib.h>
#include <sys/random.h>

namespace rc {
namespace {

uint32_t random_word() {
  uint32_t word = 0;
  // Up to 256 bytes cannot be interrupted or cut short (getrandom(2)).
  if (getrandom(&word, sizeof word, 0) != sizeof word) g_error("getrandom() failed");
  return word;
}

}  // namespace

uint32_t random_number(uint32_t below) {
  const uint32_t limit = UINT32_MAX - UINT32_MAX % below;  // no modulo bias
  uint32_t word = random_word();
  while (word >= limit) word = random_word();
  return word % below;
}

std::string random_token(size_t characters) {
  constexpr char kAlphabet[] = "0123456789abcdefghijklmnopqrstuvwxyz";
  std::string token(characters, '0');
  for (char& c : token) c = kAlphabet[random_number(36)];
  return token;
}

std::string random_uuid() {
  std::string uuid = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
  constexpr char kHex[] = "0123456789abcdef";
  for (char& c : uuid) {
    if (c == 'x') c = kHex[random_number(16)];
    if (c == 'y') c = kHex[8 + random_number(4)];
  }
  return uuid;
}

}  // namespace rc
