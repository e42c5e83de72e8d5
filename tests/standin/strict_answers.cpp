// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_answers.h"

#include <algorithm>

namespace standin {
namespace {

constexpr std::uint64_t kLeastInterval = 90;  // RFC 4028 4

// Where a header was folded, the copy has a space (RFC 3261 7.3.1).
std::string without_spaces(std::string_view value) {
  std::string out(value);
  std::erase_if(out, [](char c) { return c == ' ' || c == '\t'; });
  return out;
}

std::vector<std::string> vias_of(const SipMessage& message) {
  auto vias = message.list("Via");
  for (auto& via : vias) via = without_spaces(via);
  return vias;
}

void check_copies(const SipMessage& response, const SipMessage& request, Rules& broken) {
  if (vias_of(response) != vias_of(request)) broken.push_back("Via not copied");
  if (without_spaces(response.get("From")) != without_spaces(request.get("From"))) {
    broken.push_back("From not copied");
  }
  const auto to = response.get("To");
  const auto asked = request.get("To");
  if (uri_of(to) != uri_of(asked)) broken.push_back("To not copied");
  if (!tag_of(asked).empty() && tag_of(to) != tag_of(asked)) broken.push_back("To tag changed");
}

// RFC 3261 12.1.1: in whatever opens a dialog.
void check_dialog_headers(const SipMessage& response, const SipMessage& request, Rules& broken) {
  const bool opens = request.method == "INVITE" && tag_of(request.get("To")).empty() &&
                     response.status > 100 && response.status < 300;
  if (!opens) return;
  if (response.list("Record-Route") != request.list("Record-Route")) {
    broken.push_back("Record-Route not copied");
  }
  if (response.status < 200 && response.count("Contact") != 1) {
    broken.push_back("Contact is missing");
  }
}

void check_status_headers(const SipMessage& response, Rules& broken) {
  static constexpr std::pair<int, const char*> kNeeds[] = {
      {405, "Allow"}, {415, "Accept"}, {420, "Unsupported"}, {422, "Min-SE"}, {423, "Min-Expires"}};
  for (const auto& [status, header] : kNeeds) {
    if (response.status == status && response.count(header) == 0) {
      broken.push_back(std::to_string(status) + " without " + header);
    }
  }
}

// RFC 4028 9: the interval is not raised and not below the least, the refresher is the one that was
// asked for, and a client that refreshes must know the timer.
void check_session(const SipMessage& response, const SipMessage& request, Rules& broken) {
  const auto asked = number_in(request, "Session-Expires");
  const auto given = number_in(response, "Session-Expires");
  if (response.status == 422 && asked >= number_in(response, "Min-SE")) {
    broken.push_back("422 to an interval that is long enough");
  }
  if (response.status < 200 || response.status >= 300 || given == 0) return;
  const auto least = std::max(kLeastInterval, number_in(request, "Min-SE"));
  if (given < least) broken.push_back("Session-Expires below Min-SE");
  if (asked > 0 && given > asked) broken.push_back("Session-Expires was raised");
  const auto refresher = header_param(response.get("Session-Expires"), "refresher").value_or("");
  const auto wanted = header_param(request.get("Session-Expires"), "refresher");
  const bool knows = has_option(request, "Supported", "timer");
  if (refresher != "uac" && refresher != "uas") broken.push_back("refresher missing");
  if (wanted && refresher != *wanted) broken.push_back("refresher is not the one asked for");
  if (!knows && refresher == "uac") broken.push_back("refresher knows no timer");
  if (refresher == "uac" && !has_option(response, "Require", "timer")) {
    broken.push_back("refresher=uac without Require: timer");
  }
}

}  // namespace

void check_answer(const SipMessage& response, const SipMessage& request, Rules& broken) {
  check_copies(response, request, broken);
  check_dialog_headers(response, request, broken);
  check_status_headers(response, broken);
  if (request.method == "INVITE" || request.method == "UPDATE") {
    check_session(response, request, broken);
  }
}

void check_interval(const SipMessage& request, std::uint64_t least, Rules& broken) {
  if (request.count("Session-Expires") == 0) return;
  const auto asked = number_in(request, "Session-Expires");
  if (asked < std::max(kLeastInterval, least)) broken.push_back("Session-Expires below Min-SE");
  if (!has_option(request, "Supported", "timer")) {
    broken.push_back("Session-Expires without Supported: timer");
  }
}

}  // namespace standin
