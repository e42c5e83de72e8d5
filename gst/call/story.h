// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <string>

#include "call/call_info.h"
#include "call/call_stats.h"

namespace rc::call {

// A call's life in sentences, one for each event, as GST_DEBUG=rccall:4 shows them. Each begins
// with the call's id. Durations are since the INVITE came or went out.
std::string tell_ringing(const CallInfo& info);
std::string tell_dialing(const CallInfo& info);
std::string tell_answered(const CallInfo& info, std::chrono::nanoseconds after);
std::string tell_connected(const CallInfo& info, std::chrono::nanoseconds after);
std::string tell_first_audio(const CallInfo& info, std::chrono::nanoseconds after);
std::string tell_flow(const CallInfo& info);  // its media and media_gap
std::string tell_ended(const CallInfo& info, const CallStats& stats);

}  // namespace rc::call
