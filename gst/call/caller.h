// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>

#include "call/agent_message.h"
#include "call/call_info.h"
#include "sip/message.h"

namespace rc::call {

// What an INVITE tells of its call: who calls whom, ids, queue. RingCentral's own headers go before
// the SIP ones, whose display name of To is the caller's (protocol/ringcentral.md 4.1).
void describe_inbound(const sip::Message& invite, CallInfo& info);

// Session and party id of an outbound call, from its 183 or 200.
void read_api_ids(const sip::Message& message, CallInfo& info);

// The INVITE's P-rc header.
std::optional<AgentMessage> agent_of(const sip::Message& invite);

}  // namespace rc::call
