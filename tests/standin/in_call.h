// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <string>

#include "call.h"

namespace standin {

// The in-call commands that the service itself answers, the same in every kind of call.

// INFO {"request":{"reqid":1,"command":"startcallrecord"}}: the result follows in an INFO of ours.
void answer_info(Box& box, Leg& leg, const std::string& body);

// The Call-ID in the Replaces of a Refer-To (RFC 3891): an attended transfer; empty for a blind
// one.
std::string replaced_call(const std::string& refer_to);

// REFER: NOTIFY 100, NOTIFY 200, then done(), in which the caller of this function ends the leg.
void answer_refer(Box& box, Leg& leg, std::function<void()> done);

}  // namespace standin
