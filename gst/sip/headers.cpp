// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/headers.h"

#include <glib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/text.h"

namespace rc::sip {
namespace {

using Names = std::string_view;

// IANA's registry of SIP header fields, column "compact form".
constexpr std::array<std::pair<char, Names>, 20> kCompact = {{
    {'a', "Accept-Contact"},
    {'b', "Referred-By"},
    {'c', "Content-Type"},
    {'d', "Request-Disposition"},
    {'e', "Content-Encoding"},
    {'f', "From"},
    {'i', "Call-ID"},
    {'j', "Reject-Contact"},
    {'k', "Supported"},
    {'l', "Content-Length"},
    {'m', "Contact"},
    {'n', "Identity-Info"},
    {'o', "Event"},
    {'r', "Refer-To"},
    {'s', "Subject"},
    {'t', "To"},
    {'u', "Allow-Events"},
    {'v', "Via"},
    {'x', "Session-Expires"},
    {'y', "Identity"},
}};

constexpr std::array<Names, 29> kLists = {"Accept",
                                          "Accept-Contact",
                                          "Accept-Encoding",
                                          "Accept-Language",
                                          "Alert-Info",
                                          "Allow",
                                          "Allow-Events",
                                          "Call-Info",
                                          "Contact",
                                          "Content-Encoding",
                                          "Content-Language",
                                          "Diversion",
                                          "Error-Info",
                                          "History-Info",
                                          "In-Reply-To",
                                          "P-Asserted-Identity",
                                          "P-Preferred-Identity",
                                          "Path",
                                          "Proxy-Require",
                                          "Reason",
                                          "Record-Route",
                                          "Reject-Contact",
                                          "Require",
                                          "Route",
                                          "Service-Route",
                                          "Supported",
                                          "Unsupported",
                                          "Via",
                                          "Warning"};

constexpr std::array<Names, 8> kSingle = {"Call-ID", "Content-Length", "Content-Type", "CSeq",
                                          "Expires", "From",           "Max-Forwards", "To"};

constexpr std::array<Names, 10> kFirst = {"Via",     "Route",  "Record-Route", "Max-Forwards",
                                          "From",    "To",     "Call-ID",      "CSeq",
                                          "Contact", "Expires"};

bool holds(const auto& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](Names each) { return equals_ignore_case(each, name); });
}

}  // namespace

std::string_view long_name(std::string_view name) {
  if (name.size() != 1) return name;
  const char letter = g_ascii_tolower(name.front());
  for (const auto& [compact, full] : kCompact) {
    if (compact == letter) return full;
  }
  return name;
}

bool is_list_header(std::string_view name) { return holds(kLists, name); }

bool is_single_header(std::string_view name) { return holds(kSingle, name); }

int header_rank(std::string_view name) {
  const auto place = std::find_if(kFirst.begin(), kFirst.end(),
                                  [name](Names each) { return equals_ignore_case(each, name); });
  const int rank = static_cast<int>(place - kFirst.begin());
  return equals_ignore_case(name, "Content-Type") ? rank + 1 : rank;
}

}  // namespace rc::sip
