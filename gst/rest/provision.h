// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <string>

#include "core/result.h"
#include "rest/api.h"
#include "rest/sip_account.h"

namespace rc::rest {

// Asks for the line's SIP account over secure WebSocket. `device_id` names the device of an earlier
// provision, so that the account keeps it; may be empty. Callback once; never if `api` goes first.
void provision(Api& api, const std::string& device_id,
               std::function<void(Result<SipAccount>)> callback);

// Reads and checks the answer. kAuth: the account or its line does not allow calls, kProtocol: the
// answer makes no sense.
Result<SipAccount> parse_sip_account(const Json& answer);

}  // namespace rc::rest
