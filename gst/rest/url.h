// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

#include "core/result.h"

namespace rc::rest {

// kConfig unless it is https://host[:port][/], or http:// with a loopback host; returned without a
// slash at its end. A user name, path, query or fragment in it is refused.
Result<std::string> check_server_url(std::string_view url);

// Whether its host is localhost or a loopback address.
bool is_loopback_url(std::string_view url);

// kConfig if the URL is neither https nor plain http to a loopback address.
Result<void> check_request_url(std::string_view url);

// Whether the login's bearer token may go to `url`: https to a host of the registered domain that
// `server` is in ("media.ringcentral.com" for platform.ringcentral.com), or the same loopback
// origin.
bool may_carry_token(std::string_view server, std::string_view url);

std::string form_encode(std::string_view value);  // application/x-www-form-urlencoded

}  // namespace rc::rest
