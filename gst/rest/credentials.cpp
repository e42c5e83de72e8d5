// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/credentials.h"

#include <fcntl.h>
#include <glib.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "core/ref.h"
#include "core/text.h"
#include "rest/url.h"

namespace rc::rest {
namespace {

constexpr size_t kMaxClientBytes = 512;
constexpr size_t kMaxJwtBytes = 8192;

struct Setting {
  std::string Credentials::*field;
  std::array<const char*, 2> variables;  // in the order they are asked
};

constexpr std::array<Setting, 4> kSettings = {{
    {&Credentials::server, {"RINGCENTRAL_SERVER_URL", "RC_SERVER_URL"}},
    {&Credentials::client_id, {"RINGCENTRAL_CLIENT_ID", "RC_APP_CLIENT_ID"}},
    {&Credentials::client_secret, {"RINGCENTRAL_CLIENT_SECRET", "RC_APP_CLIENT_SECRET"}},
    {&Credentials::jwt, {"RINGCENTRAL_JWT_TOKEN", "RC_USER_JWT"}},
}};

// At most one byte more than a secret may have: what is longer is refused later.
std::optional<std::string> read_start_of(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return std::nullopt;
  std::string content(kMaxJwtBytes + 1, '\0');
  const ssize_t size = ::read(file, content.data(), content.size());
  ::close(file);
  if (size < 0) return std::nullopt;
  content.resize(static_cast<size_t>(size));
  return std::string(trim(content));
}

// Empty if neither the variable nor its _FILE form is set.
Result<std::string> read_variable(const char* name, const Environment& environment) {
  const auto value = environment(name);
  if (value && !value->empty()) return *value;
  const std::string file_variable = std::string(name) + "_FILE";
  const auto path = environment(file_variable);
  if (!path || path->empty()) return std::string();
  const auto content = read_start_of(*path);
  if (!content || content->empty()) {
    return Error{Errc::kConfig,
                 file_variable + ": the file cannot be read or is empty: " + clean_text(*path)};
  }
  return *content;
}

Result<void> fill(std::string& field, const Setting& setting, const Environment& environment) {
  for (const char* name : setting.variables) {
    if (!field.empty()) return {};
    auto value = read_variable(name, environment);
    if (!value.ok()) return value.error();
    field = std::move(value).value();
  }
  return {};
}

bool is_token(std::string_view text, size_t max) {
  return !text.empty() && text.size() <= max &&
         std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isgraph(c); });
}

Error missing(const std::string& what, const Setting& setting) {
  return Error{Errc::kConfig,
               "No " + what + ": set it, or " + setting.variables[0] + " in the environment"};
}

Error malformed(const std::string& what) {
  return Error{Errc::kConfig,
               "The " + what + " holds spaces or other characters that none has, or is too long"};
}

Result<void> check(const Credentials& credentials) {
  if (credentials.client_id.empty()) return missing("client id", kSettings[1]);
  if (credentials.jwt.empty()) return missing("JWT", kSettings[3]);
  // HTTP Basic cannot carry a colon in the user's name (RFC 7617 section 2).
  if (!is_token(credentials.client_id, kMaxClientBytes) ||
      credentials.client_id.find(':') != std::string::npos) {
    return malformed("client id");
  }
  if (!credentials.client_secret.empty() && !is_token(credentials.client_secret, kMaxClientBytes)) {
    return malformed("client secret");
  }
  if (!is_token(credentials.jwt, kMaxJwtBytes)) return malformed("JWT");
  return {};
}

}  // namespace

Environment process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Credentials> complete_credentials(Credentials given, const Environment& environment) {
  for (const Setting& setting : kSettings) {
    const auto filled = fill(given.*setting.field, setting, environment);
    if (!filled.ok()) return filled.error();
  }
  if (given.ca_file.empty()) given.ca_file = environment("RINGCENTRAL_CA_FILE").value_or("");
  if (given.server.empty()) given.server = kProductionServer;
  auto server = check_server_url(given.server);
  if (!server.ok()) return server.error();
  given.server = std::move(server).value();
  const auto checked = check(given);
  if (!checked.ok()) return checked.error();
  return given;
}

std::string line_key(const Credentials& credentials, const std::string& label) {
  std::string all;
  for (const std::string* part :
       {&credentials.server, &credentials.client_id, &credentials.jwt, &label}) {
    all += *part;
    all += '\0';
  }
  Owned<char> hash(g_compute_checksum_for_data(
      G_CHECKSUM_SHA256, reinterpret_cast<const guchar*>(all.data()), all.size()));
  return hash.get();
}

}  // namespace rc::rest
