// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace standin {

// Switches and knobs, all numbers (booleans as 0 and 1), settable at any time from the control API
// or C++. Those whose help starts with n count down to 0 with each use.
struct Faults {
  std::int64_t oauth_429_times = 0;
  std::int64_t oauth_503_times = 0;
  std::int64_t oauth_malformed_times = 0;
  std::int64_t oauth_expires_in = 3600;
  std::int64_t refresh_token = 1;
  std::int64_t token_expired = 0;
  std::int64_t provision_429_times = 0;
  std::int64_t provision_503 = 0;
  std::int64_t provision_malformed_times = 0;
  std::int64_t cmn401 = 0;
  std::int64_t retry_after = 1;
  std::int64_t rest_delay_ms = 0;
  std::int64_t rate_limits = 0;

  std::int64_t refuse_websocket = 0;
  std::int64_t expires = 60;
  std::int64_t registration_grace_s = 120;
  std::int64_t max_contacts = 5;
  std::int64_t qop = 0;
  std::int64_t challenges = 0;
  std::int64_t foreign_realm = 0;
  std::int64_t too_many_contacts = 0;
  std::int64_t refuse_403 = 0;
  std::int64_t repeat_401 = 0;
  std::int64_t repeat_407 = 0;
  std::int64_t register_503_times = 0;
  std::int64_t no_answer_register = 0;

  std::int64_t drop_socket = 0;
  std::int64_t cut_at_message = 0;
  std::int64_t freeze_at_message = 0;
  std::int64_t no_bye_answer = 0;
  std::int64_t lose_bye = 0;
  std::int64_t no_ack = 0;
  std::int64_t pause_ms = 60;
  std::int64_t answer_delay_ms = 0;
  std::int64_t provisional_sdp = 0;
  std::int64_t ring_timeout_s = 60;
  std::int64_t cmd7 = 1;
  std::int64_t strict = 1;
};

struct FaultInfo {
  std::string_view name;
  std::int64_t Faults::*value;
  std::string_view help;
};
// The table behind --help and the control API.
const std::vector<FaultInfo>& fault_table();
// False when there is no such fault.
bool set_fault(Faults& faults, std::string_view name, std::int64_t value);
// True while the counter is above 0, and counts it down.
bool use_once(std::int64_t& counter);

}  // namespace standin
