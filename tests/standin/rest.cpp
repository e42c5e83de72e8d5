// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest.h"

#include <memory>

namespace standin {
namespace {

using Form = std::unique_ptr<GHashTable, void (*)(GHashTable*)>;

std::string request_body(SoupServerMessage* message) {
  g_autoptr(GBytes) bytes =
      soup_message_body_flatten(soup_server_message_get_request_body(message));
  gsize size = 0;
  const auto* data = static_cast<const char*>(g_bytes_get_data(bytes, &size));
  return {data != nullptr ? data : "", size};
}

Form request_form(SoupServerMessage* message) {
  return {soup_form_decode(request_body(message).c_str()), g_hash_table_unref};
}

std::string field(GHashTable* form, const char* name) {
  const auto* value = static_cast<const char*>(g_hash_table_lookup(form, name));
  return value != nullptr ? value : "";
}

std::string authorization(SoupServerMessage* message) {
  const char* value = soup_message_headers_get_one(soup_server_message_get_request_headers(message),
                                                   "Authorization");
  return value != nullptr ? value : "";
}

// "Basic base64(id:secret)" -> {id, secret}.
std::pair<std::string, std::string> basic_credentials(const std::string& header) {
  if (!starts_with(header, "Basic ")) return {};
  gsize size = 0;
  g_autofree guchar* bytes = g_base64_decode(header.c_str() + 6, &size);
  const std::string text(reinterpret_cast<char*>(bytes), size);
  const auto colon = text.find(':');
  if (colon == std::string::npos) return {};
  return {text.substr(0, colon), text.substr(colon + 1)};
}

std::string random_uuid() {
  g_autofree gchar* uuid = g_uuid_string_random();
  return uuid;
}

constexpr auto kOauthFailure = "Invalid resource owner credentials.";

}  // namespace

std::string rest_error(std::string_view code, std::string_view message,
                       std::string_view oauth_error) {
  JsonOut out;
  out.begin();
  if (!oauth_error.empty()) {
    out.add("error", std::string(oauth_error)).add("error_description", std::string(message));
  }
  if (oauth_error.empty() || oauth_error == "invalid_token") {
    out.add("errorCode", std::string(code)).add("message", std::string(message));
  }
  out.key("errors").begin_list().begin();
  out.add("errorCode", std::string(code)).add("message", std::string(message));
  return out.end().end_list().end().text();
}

const std::vector<Rest::Route>& Rest::routes() {
  static const std::vector<Route> kRoutes = {
      {"/restapi/oauth/token", "auth", 5, &Rest::token},
      {"/restapi/oauth/revoke", "auth", 5, &Rest::revoke},
      {"/restapi/v1.0/client-info/sip-provision", "heavy", 10, &Rest::provision},
  };
  return kRoutes;
}

void Rest::attach(SoupServer* server) {
  soup_server_add_handler(server, "/restapi", &Rest::on_request, this, nullptr);
}

void Rest::on_request(SoupServer*, SoupServerMessage* message, const char* path, GHashTable*,
                      gpointer data) {
  auto* self = static_cast<Rest*>(data);
  if (self->box_.faults.rest_delay_ms == 0) return self->respond(message, path);
  soup_server_message_pause(message);
  g_object_ref(message);
  self->box_.loop.after(std::chrono::milliseconds(self->box_.faults.rest_delay_ms),
                        [self, message, where = std::string(path)] {
                          self->respond(message, where);
                          soup_server_message_unpause(message);
                          g_object_unref(message);
                        });
}

void Rest::respond(SoupServerMessage* message, const std::string& path) {
  for (const auto& route : routes()) {
    if (path != route.path) continue;
    if (std::string_view(soup_server_message_get_method(message)) != "POST") {
      return send(message, {405, rest_error("CMN-100", "Method is not supported")});
    }
    if (!within_rate(message, route)) {
      return send(message, {429, rest_error("CMN-301", "Request rate exceeded")});
    }
    return send(message, (this->*route.handler)(message));
  }
  send(message, {404, rest_error("CMN-102", "Resource for parameter [path] is not found")});
}

void Rest::send(SoupServerMessage* message, const Reply& reply) {
  auto* headers = soup_server_message_get_response_headers(message);
  soup_message_headers_replace(headers, "RCRequestId", random_uuid().c_str());
  if ((reply.status == 429 || reply.status == 503) && box_.faults.retry_after > 0) {
    soup_message_headers_replace(headers, "Retry-After",
                                 std::to_string(box_.faults.retry_after).c_str());
  }
  soup_server_message_set_status(message, reply.status, nullptr);
  soup_server_message_set_response(message, "application/json;charset=utf-8", SOUP_MEMORY_COPY,
                                   reply.body.data(), reply.body.size());
}

bool Rest::within_rate(SoupServerMessage* message, const Route& route) {
  auto& times = recent_[std::string(route.rate_group) + authorization(message)];
  const gint64 now = now_us();
  while (!times.empty() && now - times.front() > 60 * G_USEC_PER_SEC) times.pop_front();
  times.push_back(now);
  const auto used = static_cast<int>(times.size());
  const int left = std::max(0, route.rate_limit - used);
  auto* headers = soup_server_message_get_response_headers(message);
  soup_message_headers_replace(headers, "X-Rate-Limit-Group", route.rate_group);
  soup_message_headers_replace(headers, "X-Rate-Limit-Limit",
                               std::to_string(route.rate_limit).c_str());
  soup_message_headers_replace(headers, "X-Rate-Limit-Remaining", std::to_string(left).c_str());
  soup_message_headers_replace(headers, "X-Rate-Limit-Window", "60");
  return box_.faults.rate_limits == 0 || used <= route.rate_limit;
}

const Account* Rest::client_of(SoupServerMessage* message, GHashTable*) {
  const auto [id, secret] = basic_credentials(authorization(message));
  const Account* account = box_.directory.by_client(id);
  return account != nullptr && account->client_secret == secret ? account : nullptr;
}

Rest::Reply Rest::token(SoupServerMessage* message) {
  if (use_once(box_.faults.oauth_429_times)) {
    return {429, rest_error("CMN-301", "Request rate exceeded")};
  }
  if (use_once(box_.faults.oauth_503_times)) {
    return {503, rest_error("CMN-201", "Service Temporary Unavailable")};
  }
  const Form form = request_form(message);
  const Account* account = client_of(message, form.get());
  if (account == nullptr) {
    const bool given = !authorization(message).empty();
    return {401,
            rest_error("OAU-123",
                       given ? "Invalid client credentials" : "Client authentication is required",
                       "invalid_client")};
  }
  const std::string grant = field(form.get(), "grant_type");
  if (grant == "urn:ietf:params:oauth:grant-type:jwt-bearer") {
    return grant_jwt(*account, form.get());
  }
  if (grant == "refresh_token") return grant_refresh(*account, form.get());
  return {403, rest_error("OAU-112", "Unauthorized for this grant type", "unauthorized_client")};
}

Rest::Reply Rest::grant_jwt(const Account& account, GHashTable* form) {
  if (field(form, "assertion") != account.jwt) {
    return {400, rest_error("OAU-140", kOauthFailure, "invalid_grant")};
  }
  gint64 life = box_.faults.oauth_expires_in;
  const std::string asked = field(form, "access_token_ttl");
  if (!asked.empty()) life = std::min(life, g_ascii_strtoll(asked.c_str(), nullptr, 10));
  return token_body(box_.directory.issue(account, life), account);
}

Rest::Reply Rest::grant_refresh(const Account& account, GHashTable* form) {
  const std::string refresh = field(form, "refresh_token");
  const auto* old = box_.directory.by_refresh(refresh);
  if (old == nullptr || old->client_id != account.client_id) {
    return {400, rest_error("OAU-140", "Token not found", "invalid_grant")};
  }
  // Single use, and the old access token dies at once.
  box_.directory.revoke(refresh);
  return token_body(box_.directory.issue(account, box_.faults.oauth_expires_in), account);
}

Rest::Reply Rest::token_body(const Directory::Tokens& tokens, const Account& account) {
  const gint64 life = (tokens.expires_us - now_us() + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC;
  JsonOut out;
  out.begin().add("access_token", tokens.access).add("token_type", "bearer");
  out.add("expires_in", static_cast<std::int64_t>(life));
  if (box_.faults.refresh_token != 0) {
    out.add("refresh_token", tokens.refresh);
    out.add("refresh_token_expires_in", std::int64_t{604800});
  }
  out.add("scope", "VoipCalling CallControl WebSocketsSubscription ReadCallLog ReadCallRecording");
  out.add("owner_id", account.extension_id).add("endpoint_id", random_hex(11)).end();
  std::string body = out.text();
  if (use_once(box_.faults.oauth_malformed_times)) body.resize(body.size() / 2);
  return {200, body};
}

// Its errors are to be ignored by clients; an unknown token is no error.
Rest::Reply Rest::revoke(SoupServerMessage* message) {
  const Form form = request_form(message);
  if (client_of(message, form.get()) == nullptr) {
    return {401, rest_error("OAU-123", "Client authentication is required", "invalid_client")};
  }
  box_.directory.revoke(field(form.get(), "token"));
  return {200, "{}"};
}

const Account* Rest::bearer(SoupServerMessage* message, Reply& reply) {
  const std::string header = authorization(message);
  const bool is_bearer = starts_with(header, "Bearer ") || starts_with(header, "bearer ");
  auto* tokens = is_bearer ? box_.directory.by_access(header.substr(7)) : nullptr;
  if (tokens == nullptr) {
    reply = {401, rest_error("OAU-213", "Token not found", "invalid_token")};
    return nullptr;
  }
  if (tokens->expires_us <= now_us() || use_once(box_.faults.token_expired)) {
    box_.directory.revoke(tokens->access);
    reply = {401, rest_error("OAU-128", "Access token expired", "invalid_token")};
    return nullptr;
  }
  return box_.directory.by_extension(tokens->extension);
}

Rest::Reply Rest::provision(SoupServerMessage* message) {
  Reply failure;
  const Account* account = bearer(message, failure);
  if (account == nullptr) return failure;
  if (use_once(box_.faults.provision_429_times)) {
    return {429, rest_error("CMN-301", "Request rate exceeded")};
  }
  if (use_once(box_.faults.provision_503)) {
    return {503, rest_error("CMN-201", "Service Temporary Unavailable")};
  }
  if (box_.faults.cmn401 != 0) {
    return {403, rest_error("CMN-401",
                            "In order to call this API endpoint, application needs to have "
                            "[VoipCalling] permission")};
  }
  const auto request = Json::parse(request_body(message));
  if (!request || !request->has("sipInfo")) {
    return {400, rest_error("CMN-101", "Parameter [sipInfo] value is invalid")};
  }
  const auto device = request->object("device");
  const std::string id = device ? device->text("id") : "";
  std::string body = provision_body(*account, box_.directory.provision(*account, id));
  if (use_once(box_.faults.provision_malformed_times)) body.resize(body.size() / 2);
  return {200, body};
}

}  // namespace standin
