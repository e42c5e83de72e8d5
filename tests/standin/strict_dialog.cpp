// SPDX-License-Identifier: LGPL-2.1-or-later
#include "strict_dialog.h"

#include <algorithm>

namespace standin {
namespace {

std::string key_of(const SipMessage& message, std::string_view our_side) {
  return std::string(message.get("Call-ID")) + " " + tag_of(message.get(our_side));
}

std::vector<std::string> uris(const std::vector<std::string>& values) {
  std::vector<std::string> out;
  for (const auto& value : values) out.push_back(uri_of(value));
  return out;
}

bool is_loose(const std::string& uri) { return header_param(uri, "lr").has_value(); }

}  // namespace

StrictDialogs::Dialog& StrictDialogs::dialog(const SipMessage& message, std::string_view our_side) {
  return dialogs_[key_of(message, our_side)];
}

// The client is called: the route set is the Record-Route in its order (RFC 3261 12.1.1). Every
// INVITE and UPDATE of ours is a target refresh.
void StrictDialogs::sent_request(const SipMessage& request) {
  const bool refresh = request.method == "INVITE" || request.method == "UPDATE";
  if (!refresh || request.count("Contact") == 0) return;
  Dialog& known = dialog(request, "From");
  known.target = uri_of(request.get("Contact"));
  if (tag_of(request.get("To")).empty()) known.routes = request.list("Record-Route");
}

// The client calls: the route set is the Record-Route backwards, computed anew by the first 2xx
// (RFC 3261 12.1.2, 13.2.2.4).
void StrictDialogs::sent_response(const SipMessage& response) {
  if (response.status <= 100 || response.status >= 300 || response.count("Contact") == 0) return;
  Dialog& known = dialog(response, "To");
  known.target = uri_of(response.get("Contact"));
  if (!known.confirmed) {
    known.routes = response.list("Record-Route");
    std::reverse(known.routes.begin(), known.routes.end());
  }
  known.confirmed = known.confirmed || response.status >= 200;
}

void StrictDialogs::received_response(const SipMessage& response) {
  if (response.status > 100) dialog(response, "From").client_tag = tag_of(response.get("To"));
}

void StrictDialogs::received_request(const SipMessage& request, Rules& broken) {
  Dialog& known = dialog(request, "To");
  const auto cseq = cseq_of(request);
  if (cseq && known.any_request && cseq->number <= known.last_cseq) {
    broken.push_back("CSeq does not rise");
  }
  if (cseq) known.last_cseq = cseq->number;
  known.any_request = true;
  const std::string client_tag = tag_of(request.get("From"));
  const bool inside = !tag_of(request.get("To")).empty();
  if (inside && !known.client_tag.empty() && client_tag != known.client_tag) {
    broken.push_back("From tag changed inside the dialog");
  }
  if (inside) known.client_tag = client_tag;
  if (inside) check_route(request, broken);
}

void StrictDialogs::check_route(const SipMessage& request, Rules& broken) const {
  const auto found = dialogs_.find(key_of(request, "To"));
  if (found == dialogs_.end() || found->second.target.empty()) return;
  const Dialog& known = found->second;
  auto routes = uris(known.routes);
  std::string uri = known.target;
  if (!routes.empty() && !is_loose(routes.front())) {  // a strict router: RFC 3261 12.2.1.1
    routes.push_back(uri);
    uri = routes.front();
    routes.erase(routes.begin());
  }
  if (request.uri != uri) broken.push_back("Request-URI is not the dialog's remote target");
  if (uris(request.list("Route")) != routes)
    broken.push_back("Route is not the dialog's route set");
}

}  // namespace standin
