// SPDX-License-Identifier: LGPL-2.1-or-later
#include "sip/dialog.h"

#include <algorithm>

#include "core/random.h"

namespace rc::sip {
namespace {

// Requests outside dialogs count from below 10 000 and may have the call's Call-ID too (P-rc): the
// numbers stay apart, for peers that look at the Call-ID alone.
uint32_t first_cseq() { return 100'000 + random_number(100'000); }

std::string with_tag(std::string_view address, const std::string& tag) {
  return std::string(address) + ";tag=" + tag;
}

std::string uri_of(const std::optional<NameAddr>& address) {
  return address && !address->wildcard ? address->uri.to_string() : "";
}

std::vector<std::string> record_route(const Message& message) {
  std::vector<std::string> routes;
  for (const auto& route : message.values("Record-Route")) routes.emplace_back(route);
  return routes;
}

}  // namespace

Dialog Dialog::callee(const Message& invite, const std::string& local_tag) {
  Dialog dialog;
  dialog.call_id_ = invite.call_id();
  dialog.local_tag_ = local_tag;
  dialog.remote_tag_ = invite.from_tag();
  dialog.local_address_ = with_tag(invite.header("To").value_or(""), local_tag);
  dialog.remote_address_ = invite.header("From").value_or("");
  dialog.remote_target_ = uri_of(invite.contact());
  if (dialog.remote_target_.empty()) dialog.remote_target_ = uri_of(invite.from());
  dialog.route_set_ = record_route(invite);
  dialog.local_cseq_ = first_cseq();
  if (const auto cseq = invite.cseq()) dialog.remote_cseq_ = cseq->number;
  return dialog;
}

Dialog Dialog::caller(const Message& invite, const Message& response) {
  Dialog dialog;
  dialog.caller_ = true;
  dialog.call_id_ = invite.call_id();
  dialog.local_tag_ = invite.from_tag();
  dialog.remote_tag_ = response.to_tag();
  dialog.local_address_ = invite.header("From").value_or("");
  dialog.remote_address_ = response.header("To").value_or("");
  // RingCentral's 183 has no Contact: then what we called is the target.
  dialog.remote_target_ = uri_of(response.contact());
  if (dialog.remote_target_.empty()) dialog.remote_target_ = invite.request_uri();
  dialog.route_set_ = record_route(response);
  std::reverse(dialog.route_set_.begin(), dialog.route_set_.end());
  if (const auto cseq = invite.cseq()) dialog.local_cseq_ = cseq->number;
  return dialog;
}

void Dialog::confirm(const Message& invite, const Message& response) {
  const uint32_t local_cseq = local_cseq_;
  const auto remote_cseq = response.to_tag() == remote_tag_ ? remote_cseq_ : std::nullopt;
  *this = caller(invite, response);
  local_cseq_ = std::max(local_cseq_, local_cseq);
  remote_cseq_ = remote_cseq;
}

Message Dialog::make_request(const std::string& method) { return make(method, next_cseq()); }

Message Dialog::make_ack(uint32_t invite_cseq) const { return make("ACK", invite_cseq); }

Message Dialog::make(const std::string& method, uint32_t cseq) const {
  Message request = Message::request(method, Uri{});
  request.set_request_uri(remote_target_);
  std::vector<std::string> routes = route_set_;
  const auto first = routes.empty() ? Result<NameAddr>(NameAddr{}) : NameAddr::parse(routes[0]);
  if (!routes.empty() && first.ok() && !first.value().uri.is_loose_router()) {
    // A strict router wants itself in the Request-URI and the target last (12.2.1.1).
    request.set_request_uri(first.value().uri.to_string());
    routes.erase(routes.begin());
    routes.push_back("<" + remote_target_ + ">");
  }
  for (const auto& route : routes) request.add("Route", route);
  request.add("Max-Forwards", "70");
  request.add("From", local_address_);
  request.add("To", remote_address_);
  request.add("Call-ID", call_id_);
  request.set_cseq({cseq, method});
  return request;
}

bool Dialog::take_cseq(const Message& request) {
  const auto cseq = request.cseq();
  if (!cseq || (remote_cseq_ && cseq->number < *remote_cseq_)) return false;
  remote_cseq_ = cseq->number;
  return true;
}

bool Dialog::is_repeated_cseq(const Message& request) const {
  const auto cseq = request.cseq();
  return cseq && remote_cseq_ && cseq->number == *remote_cseq_;
}

void Dialog::refresh_target(const Message& message) {
  const std::string target = uri_of(message.contact());
  if (!target.empty()) remote_target_ = target;
}

}  // namespace rc::sip
