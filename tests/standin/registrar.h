// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <map>
#include <string>
#include <vector>

#include "box.h"

namespace standin {

// One registered instance of an extension (RFC 5626 instance id, else the contact).
struct Registration {
  std::string instance;
  std::string extension;
  std::string device_id;  // = authorizationId
  std::string contact_uri;
  std::string user_agent;
  std::uint64_t flow = 0;
  gint64 expires_us = 0;
  bool connected = true;
};

class Registrar {
 public:
  explicit Registrar(Box& box) : box_(box) {}

  void handle(Flow& flow, const SipMessage& request);
  void on_flow_closed(const Flow& flow);
  // As a server that was started anew: nobody is registered.
  void forget() { registrations_.clear(); }

  // Instances of the extension that would ring now: not lapsed, socket open.
  std::vector<Registration> reachable(const std::string& extension) const;
  const Registration* by_instance(const std::string& instance) const;
  const std::map<std::string, Registration>& all() const { return registrations_; }
  // De-registrations seen (expires=0) by extension.
  std::int64_t unregister_count(const std::string& extension) const;

 private:
  void answer(const Flow& flow, const SipMessage& request, int status, std::string_view reason = {},
              const std::vector<SipHeader>& extra = {});
  void challenge(const Flow& flow, const SipMessage& request, bool stale);
  bool passes_faults(const Flow& flow, const SipMessage& request);
  void store(Flow& flow, const SipMessage& request, const Device& device);
  void remove(const Flow& flow, const SipMessage& request, const std::string& instance,
              const std::string& extension);
  bool slot_free(const std::string& extension, const std::string& instance);

  Box& box_;
  std::map<std::string, Registration> registrations_;  // by instance
  std::map<std::string, std::int64_t> unregistered_;   // by extension
};

// What the client's Contact asks for: the "expires" parameter, else the Expires header.
std::int64_t requested_expiry(const SipMessage& request, std::int64_t fallback);

}  // namespace standin
