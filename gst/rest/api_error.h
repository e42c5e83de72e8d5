// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"
#include "rest/http.h"

namespace rc::rest {

// Turns a refusal of the REST API into an Error for a person, for instance
//   Cannot log in: 401 OAU-123 (request id 156e...): client id or client secret is wrong; compare
//   both with the app's page in the developer console.
// `purpose` completes "Cannot ...". Codes: kAuth (the user mends account or app), kNetwork (try
// later: 429, 5xx), kRejected (anything else).
Error api_error(const HttpResponse& response, std::string_view purpose);

// "CMN-401"; of an OAuth error without one its name ("invalid_grant"); empty if there is none.
std::string error_code_of(const HttpResponse& response);

// Retry-After in seconds. Only the form in seconds: RingCentral sends no other.
std::optional<std::chrono::seconds> retry_after(const HttpResponse& response);

// `text` without `secret`, for what a server may have echoed; redact() cannot know its form.
std::string hide_secret(std::string text, std::string_view secret);

}  // namespace rc::rest
