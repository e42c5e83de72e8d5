// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/remote_candidate.h"

#include <gio/gio.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "core/ref.h"
#include "core/text.h"

namespace rc::media {
namespace {

// foundation component transport priority address port "typ" type (RFC 8839 5.1)
constexpr size_t kFields = 8;
using Fields = std::array<std::string, kFields>;

std::optional<Fields> split(std::string_view value) {
  Fields fields;
  std::string_view rest = trim(value);
  for (std::string& field : fields) {
    const size_t end = std::min(rest.find(' '), rest.size());
    field = rest.substr(0, end);
    if (field.empty()) return std::nullopt;
    rest = trim(rest.substr(end));
  }
  return fields;
}

bool is_foundation(std::string_view text) {
  return text.size() <= 32 && std::all_of(text.begin(), text.end(), [](char c) {
           return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '+' || c == '/';
         });
}

// One host that is not on our link alone, by its number.
bool is_host(const std::string& text) {
  const auto address = Ref<GInetAddress>::adopt(g_inet_address_new_from_string(text.c_str()));
  return address && g_inet_address_get_is_any(address.get()) == FALSE &&
         g_inet_address_get_is_multicast(address.get()) == FALSE &&
         g_inet_address_get_is_link_local(address.get()) == FALSE && text != "255.255.255.255";
}

bool is_type(std::string_view text) {
  return text == "host" || text == "srflx" || text == "prflx" || text == "relay";
}

bool is_number(std::string_view text, uint64_t most) {
  return parse_number(text, most).value_or(0) != 0;
}

}  // namespace

std::optional<std::string> read_remote_candidate(std::string_view value) {
  const auto fields = split(value);
  if (!fields) return std::nullopt;
  const auto& [foundation, component, transport, priority, address, port, typ, type] = *fields;
  // RingCentral's priorities use all 32 bits, beyond RFC 8445's 2^31 - 1.
  const bool usable = is_foundation(foundation) && component == "1" &&
                      equals_ignore_case(transport, "udp") && is_number(priority, UINT32_MAX) &&
                      is_number(port, UINT16_MAX) && typ == "typ" && is_type(type) &&
                      is_host(address);
  if (!usable) return std::nullopt;
  return foundation + " 1 UDP " + priority + " " + address + " " + port + " typ " + type;
}

}  // namespace rc::media
