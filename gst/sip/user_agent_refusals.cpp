// SPDX-License-Identifier: LGPL-2.1-or-later
// What a request is looked at for before anybody works on it, in the order of RFC 3261 8.2.
#include <algorithm>

#include "core/text.h"
#include "sip/invite_session_timer.h"
#include "sip/user_agent_router.h"

namespace rc::sip {
namespace {

// Whether the answer to an INVITE, which is SDP, would be taken. No Accept: it would (20.1).
bool accepts_sdp(const Message& invite) {
  if (!invite.has("Accept")) return true;
  const auto ranges = invite.values("Accept");
  return std::any_of(ranges.begin(), ranges.end(), [](std::string_view range) {
    const std::string type = to_lower(trim(range.substr(0, range.find(';'))));
    return type == "application/sdp" || type == "application/*" || type == "*/*";
  });
}

// Whether we know what to do with all of the body that may not be ignored (8.2.3).
bool is_understood(const Message& invite) {
  const auto parts = invite.body_parts();
  return parts.empty() == invite.body().empty() &&
         std::all_of(parts.begin(), parts.end(),
                     [](const BodyPart& part) { return part.is_sdp() || part.optional; });
}

}  // namespace

bool UserAgent::Router::refuse(ServerTransaction& transaction) const {
  return refuse_scheme(transaction) || refuse_extensions(transaction) ||
         refuse_content(transaction) || refuse_interval(transaction);
}

bool UserAgent::Router::refuse_scheme(ServerTransaction& transaction) const {
  const auto target = transaction.request().target();
  if (target && target->is_sip()) return false;
  respond(transaction, 416);
  return true;
}

bool UserAgent::Router::refuse_extensions(ServerTransaction& transaction) const {
  const Message& request = transaction.request();
  auto required = request.tokens("Require");
  std::erase(required, "timer");
  if (request.method() == "INVITE") std::erase(required, "100rel");
  if (required.empty()) return false;
  Message response = core_->response(request, 420, new_tag());
  for (const auto& extension : required) response.add("Unsupported", extension);
  transaction.respond(std::move(response));
  return true;
}

bool UserAgent::Router::refuse_interval(ServerTransaction& transaction) const {
  const Message& request = transaction.request();
  const bool refreshes = request.method() == "INVITE" || request.method() == "UPDATE";
  if (!refreshes || !SessionTimer::is_too_short(request)) return false;
  Message response = core_->response(request, 422, new_tag());
  response.set("Min-SE", std::to_string(SessionTimer::kShortest.count()));
  transaction.respond(std::move(response));
  return true;
}

// Of other requests the application reads what it can.
bool UserAgent::Router::refuse_content(ServerTransaction& transaction) const {
  const Message& request = transaction.request();
  const bool offers =
      request.method() == "INVITE" || (request.method() == "UPDATE" && !request.body().empty());
  if (!offers) return false;
  if (!is_understood(request)) {
    Message response = core_->response(request, 415, new_tag());
    response.set("Accept", "application/sdp, multipart/mixed, multipart/alternative");
    response.set("Accept-Encoding", "identity");
    transaction.respond(std::move(response));
    return true;
  }
  if (accepts_sdp(request)) return false;
  respond(transaction, 406);
  return true;
}

}  // namespace rc::sip
