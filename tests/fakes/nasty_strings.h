// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fakes {

// What people and attackers put where a word is expected: line breaks, NUL, quotes, brackets,
// escapes, terminal and bidi controls, bytes that are no UTF-8, digits that only look like some.
inline constexpr std::array<std::string_view, 40> kNastyPieces = {"\r\n",
                                                                  "\n",
                                                                  "\r",
                                                                  std::string_view("\0", 1),
                                                                  "\t",
                                                                  "\x7F",
                                                                  "\x1b[2J",
                                                                  "\x08",
                                                                  "\"",
                                                                  "'",
                                                                  "\\",
                                                                  "\\\"",
                                                                  "<",
                                                                  ">",
                                                                  ";",
                                                                  ",",
                                                                  "@",
                                                                  "%0d%0a",
                                                                  "%00",
                                                                  "%H",
                                                                  "%n%s",
                                                                  "$(id)",
                                                                  "../",
                                                                  "\xE9",
                                                                  "\xFF\xFE",
                                                                  "\xC0\x80",
                                                                  "\xED\xA0\x80",
                                                                  "\xF4\x90\x80\x80",
                                                                  "\xC3",
                                                                  "\xE2\x80\xAE",
                                                                  "\xE2\x81\xA6",
                                                                  "\xE2\x80\xA8",
                                                                  "\xC2\x85",
                                                                  "\xEF\xBC\x91",
                                                                  "\xF0\x9F\x93\x9E",
                                                                  "\r\nVia: SIP/2.0/WSS evil",
                                                                  "\r\nAuthorization: x",
                                                                  ";user=phone",
                                                                  "sip:a@b",
                                                                  "{\"a\":"};

// The same ones in every run. Each holds at least one nasty piece between harmless ones, a few are
// very long.
inline std::vector<std::string> nasty_strings(size_t count) {
  constexpr std::array<std::string_view, 6> kHarmless = {"",   "a", "12025550100", "host.example",
                                                         "+1", " "};
  std::minstd_rand random(20261127);
  const auto pick = [&random](const auto& from) { return from[random() % from.size()]; };
  std::vector<std::string> out;
  while (out.size() < count) {
    std::string text;
    for (size_t pieces = 1 + random() % 4; pieces > 0; --pieces) {
      text += pick(kHarmless);
      text += pick(kNastyPieces);
    }
    text += pick(kHarmless);
    if (out.size() % 50 == 0) text.append(10'000, 'x');
    out.push_back(std::move(text));
  }
  return out;
}

}  // namespace fakes
