// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace rc::sip {

struct HostPort {
  std::string host;   // name, IPv4, or IPv6 in brackets; as written
  uint16_t port = 0;  // 0: none given

  // The whole text must be host[:port], without space.
  static std::optional<HostPort> parse(std::string_view text);
  std::string to_string() const;
};

}  // namespace rc::sip
