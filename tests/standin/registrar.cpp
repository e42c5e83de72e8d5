// SPDX-License-Identifier: LGPL-2.1-or-later
#include "registrar.h"

#include <algorithm>

namespace standin {
namespace {

std::string instance_of(const SipMessage& request) {
  const auto contact = request.get("Contact");
  return header_param(contact, "+sip.instance").value_or(uri_of(contact));
}

}  // namespace

std::int64_t requested_expiry(const SipMessage& request, std::int64_t fallback) {
  auto text = header_param(request.get("Contact"), "expires");
  if (!text && request.count("Expires") > 0) text = std::string(request.get("Expires"));
  return text ? static_cast<std::int64_t>(g_ascii_strtoull(text->c_str(), nullptr, 10)) : fallback;
}

void Registrar::answer(const Flow& flow, const SipMessage& request, int status,
                       std::string_view reason, const std::vector<SipHeader>& extra) {
  auto response = make_response(request, status, reason.empty() ? default_reason(status) : reason,
                                status == 100 ? "" : random_hex(4));
  for (const auto& header : extra) response.add(header.name, header.value);
  box_.flows.send(flow.id, response);
}

void Registrar::challenge(const Flow& flow, const SipMessage& request, bool stale) {
  std::vector<SipHeader> headers;
  for (auto& value : box_.challenger.challenge(kDomain, box_.challenges(), stale)) {
    headers.push_back({"Www-Authenticate", std::move(value)});
  }
  answer(flow, request, 401, {}, headers);
}

bool Registrar::passes_faults(const Flow& flow, const SipMessage& request) {
  if (box_.faults.no_answer_register != 0) return false;
  answer(flow, request, 100);
  if (use_once(box_.faults.register_503_times)) {
    answer(flow, request, 503);
  } else if (box_.faults.refuse_403 != 0) {
    answer(flow, request, 403);
  } else if (box_.faults.repeat_401 != 0) {
    challenge(flow, request, false);
  } else {
    return true;
  }
  return false;
}

void Registrar::handle(Flow& flow, const SipMessage& request) {
  if (!passes_faults(flow, request)) return;
  const auto authorization = request.get("Authorization");
  const auto params = parse_digest(authorization);
  const auto username = params.find("username");
  const Device* device =
      username == params.end() ? nullptr : box_.directory.device(username->second);
  if (!params.empty() && device == nullptr) return answer(flow, request, 403);
  const auto verdict = device == nullptr ? AuthVerdict::kMissing
                                         : box_.challenger.check(authorization, "REGISTER",
                                                                 device->id, device->password);
  switch (verdict) {
    case AuthVerdict::kMissing:
      return challenge(flow, request, false);
    case AuthVerdict::kStale:
      return challenge(flow, request, true);
    case AuthVerdict::kWrong:
      return answer(flow, request, 403);
    case AuthVerdict::kGood:
      return store(flow, request, *device);
  }
}

void Registrar::store(Flow& flow, const SipMessage& request, const Device& device) {
  const std::string instance = instance_of(request);
  const auto asked = requested_expiry(request, box_.faults.expires);
  if (asked == 0) return remove(flow, request, instance, device.extension);
  if (!slot_free(device.extension, instance)) {
    return answer(flow, request, 603, "Too Many Contacts");
  }
  const auto granted = std::min(asked, box_.faults.expires);
  Registration& entry = registrations_[instance];
  entry = {instance,
           device.extension,
           device.id,
           uri_of(request.get("Contact")),
           std::string(request.get("User-Agent")),
           flow.id,
           now_us() + granted * G_USEC_PER_SEC,
           true};
  flow.instance = instance;
  flow.extension = device.extension;
  // The real server echoes the URI without +sip.instance; the SDK reads ";expires=" here only.
  const SipHeader contact{"Contact",
                          "<" + entry.contact_uri + ">;expires=" + std::to_string(granted)};
  answer(flow, request, 200, {}, {contact});
  box_.loop.notify_changed();
}

void Registrar::remove(const Flow& flow, const SipMessage& request, const std::string& instance,
                       const std::string& extension) {
  registrations_.erase(instance);
  ++unregistered_[extension];
  const SipHeader contact{"Contact", "<" + uri_of(request.get("Contact")) + ">;expires=0"};
  answer(flow, request, 200, {}, {contact});
  box_.loop.notify_changed();
}

bool Registrar::slot_free(const std::string& extension, const std::string& instance) {
  if (box_.faults.too_many_contacts != 0) return false;
  const gint64 dead = now_us() - box_.faults.registration_grace_s * G_USEC_PER_SEC;
  std::erase_if(registrations_, [&](const auto& r) { return r.second.expires_us < dead; });
  const auto others = std::count_if(
      registrations_.begin(), registrations_.end(),
      [&](const auto& r) { return r.second.extension == extension && r.first != instance; });
  return others < box_.faults.max_contacts;
}

void Registrar::on_flow_closed(const Flow& flow) {
  for (auto& [instance, registration] : registrations_) {
    if (registration.flow == flow.id) registration.connected = false;
  }
  box_.loop.notify_changed();
}

std::vector<Registration> Registrar::reachable(const std::string& extension) const {
  std::vector<Registration> out;
  for (const auto& [instance, registration] : registrations_) {
    const bool alive = registration.connected && registration.expires_us > now_us();
    if (alive && registration.extension == extension) out.push_back(registration);
  }
  return out;
}

const Registration* Registrar::by_instance(const std::string& instance) const {
  const auto found = registrations_.find(instance);
  return found == registrations_.end() ? nullptr : &found->second;
}

std::int64_t Registrar::unregister_count(const std::string& extension) const {
  const auto found = unregistered_.find(extension);
  return found == unregistered_.end() ? 0 : found->second;
}

}  // namespace standin
