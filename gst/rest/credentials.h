// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "core/result.h"

namespace rc::rest {

constexpr const char* kProductionServer = "https://platform.ringcentral.com";

// What it takes to log in as one user of one app.
struct Credentials {
  std::string server;  // https://host[:port], or http:// on loopback
  std::string client_id;
  std::string client_secret;  // secret; empty for apps that have none
  std::string jwt;            // secret, opaque
  std::string ca_file;        // PEM of a private authority that vouches for `server`; may be empty
};

// Reads one environment variable; nullopt if it is not set.
using Environment = std::function<std::optional<std::string>(const std::string& name)>;
Environment process_environment();

// `given` with its empty fields taken from the environment, checked:
//   RINGCENTRAL_SERVER_URL, _CLIENT_ID, _CLIENT_SECRET, _JWT_TOKEN (names of RingCentral's SDKs),
//   then RC_SERVER_URL, RC_APP_CLIENT_ID, RC_APP_CLIENT_SECRET, RC_USER_JWT (its developer guide),
// each also with _FILE appended (a path; the name without _FILE goes first), and
// RINGCENTRAL_CA_FILE. Without a server it is production. kConfig says which setting is wrong or
// missing.
Result<Credentials> complete_credentials(Credentials given, const Environment& environment);

// 64 hex digits that stand for server, client id, JWT and `label` (which may be empty): the name of
// a line's files. Tells nothing about the JWT.
std::string line_key(const Credentials& credentials, const std::string& label);

}  // namespace rc::rest
