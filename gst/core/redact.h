// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>

namespace rc {

// The text with every secret that our protocols can carry replaced by "***": Authorization and
// Proxy-Authorization values, a=ice-pwd, a=crypto, a=key-mgmt, k=, a=fingerprint, bearer tokens and
// JWTs, Req and RecUrl of P-rc, JSON, form and digest fields named password, access_token,
// refresh_token, assertion, client_secret, jwt, token, response, rspauth.
// All that is logged and every Error::message built from foreign text passes through here.
std::string redact(std::string_view text);

}  // namespace rc
