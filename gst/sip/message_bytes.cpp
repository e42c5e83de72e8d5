// SPDX-License-Identifier: LGPL-2.1-or-later
// Messages as they are written: serialising, and responses made from requests.
#include <algorithm>
#include <array>

#include "core/text.h"
#include "sip/message.h"

namespace rc::sip {
namespace {

struct Phrase {
  int status;
  std::string_view text;
};

// RFC 3261 21 and, where named, the RFC that adds the status.
constexpr std::array<Phrase, 60> kPhrases = {{
    {100, "Trying"},
    {180, "Ringing"},
    {181, "Call Is Being Forwarded"},
    {182, "Queued"},
    {183, "Session Progress"},
    {199, "Early Dialog Terminated"},  // RFC 6228
    {200, "OK"},
    {202, "Accepted"},         // RFC 6665
    {204, "No Notification"},  // RFC 5839
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Moved Temporarily"},
    {305, "Use Proxy"},
    {380, "Alternative Service"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {410, "Gone"},
    {412, "Conditional Request Failed"},  // RFC 3903
    {413, "Request Entity Too Large"},
    {414, "Request-URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Unsupported URI Scheme"},
    {420, "Bad Extension"},
    {421, "Extension Required"},
    {422, "Session Interval Too Small"},  // RFC 4028
    {423, "Interval Too Brief"},
    {430, "Flow Failed"},                       // RFC 5626
    {439, "First Hop Lacks Outbound Support"},  // RFC 5626
    {469, "Bad Info Package"},                  // RFC 6086
    {480, "Temporarily Unavailable"},
    {481, "Call/Transaction Does Not Exist"},
    {482, "Loop Detected"},
    {483, "Too Many Hops"},
    {484, "Address Incomplete"},
    {485, "Ambiguous"},
    {486, "Busy Here"},
    {487, "Request Terminated"},
    {488, "Not Acceptable Here"},
    {489, "Bad Event"},  // RFC 6665
    {491, "Request Pending"},
    {493, "Undecipherable"},
    {500, "Server Internal Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Server Time-out"},
    {505, "Version Not Supported"},
    {513, "Message Too Large"},
    {580, "Precondition Failure"},  // RFC 3312
    {600, "Busy Everywhere"},
    {603, "Decline"},
    {604, "Does Not Exist Anywhere"},
    {606, "Not Acceptable"},
}};

std::string_view class_phrase(int status) {
  constexpr std::array<std::string_view, 7> kClasses = {"",
                                                        "Session Progress",
                                                        "OK",
                                                        "Multiple Choices",
                                                        "Bad Request",
                                                        "Server Internal Error",
                                                        "Decline"};
  const auto index = static_cast<size_t>(std::clamp(status / 100, 0, 6));
  return kClasses[index];
}

void add_to(const Message& request, int status, std::string_view tag, Message& response) {
  if (status == 100 || tag.empty() || !request.to_tag().empty()) {
    response.copy(request, "To");
    return;
  }
  // After an unbracketed URI too a parameter is the header's.
  response.add("To", std::string(request.header("To").value_or("")) + ";tag=" + std::string(tag));
}

}  // namespace

std::string_view reason_phrase(int status) {
  const auto found = std::find_if(kPhrases.begin(), kPhrases.end(),
                                  [status](const Phrase& each) { return each.status == status; });
  return found != kPhrases.end() ? found->text : class_phrase(status);
}

Message response_to(const Message& request, int status, std::string_view to_tag,
                    std::string_view reason) {
  Message response = Message::response(status, reason);
  response.copy(request, "Via");
  if (status > 100 && status < 300) response.copy(request, "Record-Route");
  response.copy(request, "From");
  add_to(request, status, to_tag, response);
  response.copy(request, "Call-ID");
  response.copy(request, "CSeq");
  return response;
}

std::string Message::to_bytes() const {
  std::vector<const Header*> ordered;
  for (const Header& each : headers_) {
    if (!equals_ignore_case(each.name, "Content-Length")) ordered.push_back(&each);
  }
  std::stable_sort(ordered.begin(), ordered.end(), [](const Header* a, const Header* b) {
    return header_rank(a->name) < header_rank(b->name);
  });
  std::string out = is_request() ? method_ + ' ' + request_uri_ + " SIP/2.0\r\n"
                                 : "SIP/2.0 " + std::to_string(status_) + ' ' + reason_ + "\r\n";
  for (const Header* each : ordered) out += each->name + ": " + each->value + "\r\n";
  return out + "Content-Length: " + std::to_string(body_.size()) + "\r\n\r\n" + body_;
}

}  // namespace rc::sip
