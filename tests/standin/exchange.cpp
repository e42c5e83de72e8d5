// SPDX-License-Identifier: LGPL-2.1-or-later
#include "exchange.h"

#include <algorithm>
#include <utility>

#include "pass_call.h"
#include "registrar.h"

namespace standin {

void Exchange::add_leg(const std::shared_ptr<Leg>& leg, const std::string& sid) {
  std::erase_if(legs_, [](const auto& l) { return l.second->state() == Leg::State::kEnded; });
  std::erase_if(by_sid_, [](const auto& entry) {
    return std::all_of(entry.second.begin(), entry.second.end(),
                       [](const auto& weak) { return weak.expired(); });
  });
  legs_.emplace(leg->call_id(), leg);
  if (!sid.empty()) by_sid_[sid].push_back(leg);
}

void Exchange::add_call(const std::shared_ptr<Call>& call) { calls_.push_back(call); }

void Exchange::hang_up_all() {
  for (const auto& call : calls_) {
    if (call->state() != CallState::kEnded) call->hang_up();
  }
}

void Exchange::hang_up_dialog(const std::string& call_id) {
  for (const auto& call : calls_) {
    if (call->has_dialog(call_id)) return call->hang_up();
  }
}

void Exchange::abandon_all() {
  for (const auto& call : calls_) {
    if (call->state() != CallState::kEnded) call->abandon();
  }
}

bool Exchange::all_finished() const {
  return std::all_of(calls_.begin(), calls_.end(), [](const auto& c) { return c->finished(); });
}

void Exchange::clear() {
  calls_.clear();
  legs_.clear();
}

Call* Exchange::find_call(const std::string& id) const {
  const auto found =
      std::find_if(calls_.begin(), calls_.end(), [&](const auto& c) { return c->id() == id; });
  return found == calls_.end() ? nullptr : found->get();
}

std::shared_ptr<Leg> Exchange::leg_of(const SipMessage& message) const {
  const std::string tag = tag_of(message.get(message.is_request() ? "To" : "From"));
  const auto [first, last] = legs_.equal_range(std::string(message.get("Call-Id")));
  // Forks share the Call-ID; what is not for one of them is for the INVITE's own.
  for (auto leg = first; leg != last; ++leg) {
    if (leg->second->local_tag() == tag) return leg->second;
  }
  return first == last ? nullptr : first->second;
}

void Exchange::respond(const Flow& flow, const SipMessage& request, int status,
                       const std::vector<SipHeader>& extra) {
  auto response =
      make_response(request, status, default_reason(status), status == 100 ? "" : random_hex(8));
  for (const auto& header : extra) response.add(header.name, header.value);
  box_.flows.send(flow.id, response);
}

void Exchange::receive(Flow& flow, const SipMessage& message) {
  const auto leg = leg_of(message);
  if (!message.is_request()) {
    if (leg != nullptr) leg->receive_response(message);
  } else if (message.method == "MESSAGE") {
    receive_agent(flow, message);
  } else if (message.method == "INVITE" && tag_of(message.get("To")).empty()) {
    receive_invite(flow, message);
  } else if (leg != nullptr) {
    leg->receive_request(flow, message);
  } else {
    receive_outside_dialog(flow, message);
  }
}

void Exchange::receive_outside_dialog(const Flow& flow, const SipMessage& request) {
  static const SipHeader kAllow{
      "Allow", "REGISTER, INVITE, ACK, CANCEL, BYE, INFO, REFER, UPDATE, NOTIFY, MESSAGE, OPTIONS"};
  if (request.method == "ACK") return;
  if (request.method == "OPTIONS" || request.method == "PUBLISH") {
    return respond(flow, request, 200, {kAllow});
  }
  const bool in_dialog = kAllow.value.find(request.method) != std::string::npos;
  if (in_dialog) return respond(flow, request, 481);
  respond(flow, request, 405, {kAllow});
}

void Exchange::receive_invite(Flow& flow, const SipMessage& request) {
  if (use_once(box_.faults.drop_socket)) return box_.flows.close(flow.id);
  respond(flow, request, 100);
  const Registration* caller = box_.registrar->by_instance(flow.instance);
  if (caller == nullptr || caller->expires_us < now_us()) return respond(flow, request, 403);
  if (leg_of(request) != nullptr) return respond(flow, request, 482);
  if (authorise(flow, request, caller->device_id)) connect(flow, request);
}

bool Exchange::authorise(const Flow& flow, const SipMessage& request,
                         const std::string& device_id) {
  const Device* device = box_.directory.device(device_id);
  auto verdict = box_.challenger.check(request.get("Proxy-Authorization"), "INVITE", device->id,
                                       device->password);
  if (box_.faults.repeat_407 != 0) verdict = AuthVerdict::kMissing;
  if (verdict == AuthVerdict::kGood) return true;
  if (verdict == AuthVerdict::kWrong) {
    respond(flow, request, 403);
    return false;
  }
  const bool stale = verdict == AuthVerdict::kStale;
  std::vector<SipHeader> headers;
  for (auto& value : box_.challenger.challenge(kDomain, box_.challenges(), stale)) {
    headers.push_back({"Proxy-Authenticate", std::move(value)});
  }
  respond(flow, request, 407, headers);
  return false;
}

void Exchange::connect(Flow& flow, const SipMessage& request) {
  const Registration caller = *box_.registrar->by_instance(flow.instance);
  const Account* from = box_.directory.by_extension(caller.extension);
  const Account* to = box_.directory.by_dialled(user_of(request.uri));
  auto leg = Leg::from_client(
      box_, {caller.extension, caller.device_id, caller.instance, caller.contact_uri, flow.id},
      request);
  add_leg(leg);
  if (to == nullptr) return connect_number(leg, request);
  auto call = std::make_shared<PassCall>(box_, leg, *from, *to);
  add_call(call);
  call->start(request.body);
}

void Exchange::set_number(const std::string& number, NumberSpec spec) {
  numbers_[number.substr(starts_with(number, "+") ? 1 : 0)] = std::move(spec);
}

// An unknown number is "busy": the real service answers 486 to invalid numbers.
void Exchange::connect_number(const std::shared_ptr<Leg>& leg, const SipMessage& request) {
  const std::string dialled = user_of(request.uri);
  const auto known = numbers_.find(dialled.substr(starts_with(dialled, "+") ? 1 : 0));
  NumberSpec spec;
  spec.behaviour = NumberSpec::Behaviour::kBusy;
  if (known != numbers_.end()) spec = known->second;
  auto call = std::make_shared<ScriptedCallee>(box_, leg, dialled, std::move(spec));
  add_call(call);
  call->start(request.body);
}

std::shared_ptr<Leg> Exchange::leg_of_agent(const SipMessage& request) const {
  if (const auto leg = leg_of(request)) return leg;
  const auto found = by_sid_.find(xml_attribute(request.body, "Hdr", "SID"));
  if (found == by_sid_.end()) return nullptr;
  const std::string client = xml_attribute(request.body, "Bdy", "Cln");
  for (const auto& weak : found->second) {
    const auto leg = weak.lock();
    if (leg != nullptr && leg->peer().device_id == client) return leg;
  }
  return nullptr;
}

void Exchange::receive_agent(const Flow& flow, const SipMessage& request) {
  respond(flow, request, 100);
  respond(flow, request, 200);
  const auto leg = leg_of_agent(request);
  const std::string cmd = xml_attribute(request.body, "Hdr", "Cmd");
  if (leg == nullptr || cmd.empty()) return;
  leg->receive_agent(static_cast<int>(g_ascii_strtoll(cmd.c_str(), nullptr, 10)), request.body);
}

}  // namespace standin
