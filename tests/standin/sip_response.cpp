// SPDX-License-Identifier: LGPL-2.1-or-later
#include <map>

#include "sip_text.h"

namespace standin {

SipMessage make_response(const SipMessage& request, int status, std::string_view reason,
                         std::string_view to_tag) {
  SipMessage response;
  response.status = status;
  response.reason = reason;
  for (const auto& header : request.headers) {
    if (equal_nocase(header.name, "Via")) response.add("Via", header.value);
  }
  std::string to(request.get("To"));
  // The SDK takes all that follows ";tag=" for the tag: it has to be the last parameter.
  if (!to_tag.empty() && tag_of(to).empty()) to.append(";tag=").append(to_tag);
  response.add("From", request.get("From")).add("To", to);
  response.add("Call-Id", request.get("Call-Id")).add("CSeq", request.get("CSeq"));
  return response;
}

std::string_view default_reason(int status) {
  static const std::map<int, std::string_view> kReasons = {{100, "Trying"},
                                                           {180, "Ringing"},
                                                           {183, "Session Progress"},
                                                           {200, "OK"},
                                                           {202, "Accepted"},
                                                           {302, "Moved Temporarily"},
                                                           {400, "Bad Request"},
                                                           {401, "Unauthorized"},
                                                           {403, "Forbidden"},
                                                           {404, "Not Found"},
                                                           {405, "Method Not Allowed"},
                                                           {407, "Proxy Authentication Required"},
                                                           {408, "Request Timeout"},
                                                           {420, "Bad Extension"},
                                                           {422, "Session Interval Too Small"},
                                                           {480, "Temporarily Unavailable"},
                                                           {481, "Call/Transaction Does Not Exist"},
                                                           {482, "Loop Detected"},
                                                           {486, "Busy Here"},
                                                           {487, "Request Terminated"},
                                                           {488, "Not Acceptable Here"},
                                                           {491, "Request Pending"},
                                                           {500, "Server Internal Error"},
                                                           {501, "Not Implemented"},
                                                           {503, "Service Unavailable"},
                                                           {504, "Server Time-out"},
                                                           {603, "Decline"}};
  const auto found = kReasons.find(status);
  return found == kReasons.end() ? "Unspecified" : found->second;
}

}  // namespace standin
