// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>
#include <vector>

namespace rc::rest {

// One registered device as sip-provision hands it out. Every field is bounded and safe to put into
// a SIP header.
struct SipAccount {
  std::string username;                   // user part of our address of record, "12025550115*115"
  std::string password;                   // secret
  std::string authorization_id;           // user name of the digest
  std::string domain;                     // "sip.ringcentral.com"
  std::string outbound_proxy;             // "host:port" of the WebSocket server (wss)
  std::string outbound_proxy_backup;      // may be empty
  std::vector<std::string> stun_servers;  // "host:port"; may be empty
  std::string device_id;                  // REST call control's name for us
  std::string own_number;                 // "+12025550141"; may be empty
  std::chrono::seconds switch_back_interval{600};  // on the backup at least as long
  std::vector<int> sip_error_codes;  // final SIP statuses that mean "use the other proxy"
  bool outbound_calls_enabled = true;
  bool lacks_emergency_address = false;  // and needs one: outgoing calls fail with 486
};

}  // namespace rc::rest
