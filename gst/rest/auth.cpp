// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/auth.h"

#include <glib.h>

#include <algorithm>
#include <utility>

#include "core/log.h"
#include "core/ref.h"
#include "core/text.h"
#include "rest/api_error.h"
#include "rest/json.h"
#include "rest/url.h"

namespace rc::rest {
namespace {

using std::chrono::seconds;

constexpr size_t kMaxTokenBytes = 8192;
constexpr int64_t kMaxLifeSeconds = 365 * 24 * 3600;

// A token is renewed this long before its end, so that it does not expire on the way (RingCentral's
// own JavaScript SDK: 60 s); of a short-lived one a quarter of its life.
seconds margin(seconds life) { return std::min(seconds(60), life / 4); }

std::string basic_authorization(const Credentials& credentials) {
  const std::string pair = credentials.client_id + ":" + credentials.client_secret;
  Owned<char> encoded(g_base64_encode(reinterpret_cast<const guchar*>(pair.data()), pair.size()));
  return std::string("Basic ") + encoded.get();
}

bool is_token(const std::string& text) {
  return !text.empty() && text.size() <= kMaxTokenBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return g_ascii_isgraph(c); });
}

std::optional<seconds> life(const Json& value) {
  const auto number = value.number();
  if (!number || *number <= 0 || *number > kMaxLifeSeconds) return std::nullopt;
  return seconds(*number);
}

}  // namespace

Auth::Auth(Http& http, Clock& clock, Credentials credentials)
    : http_(http),
      clock_(clock),
      credentials_(std::move(credentials)),
      alive_(std::make_shared<char>()) {}

Auth::~Auth() = default;

bool Auth::has_good_token() const {
  return !token_.access.empty() && clock_.now() < token_.good_until;
}

void Auth::token(TokenCallback callback) {
  waiters_.emplace_back(std::move(callback));
  if (fetching_) return;
  if (!has_good_token() && !refusal_) return fetch();
  if (waiters_.size() > 1) return;  // the answer is on its way already
  answer_ = clock_.after({}, [this] {
    if (fetching_) return;  // somebody invalidated the token since
    if (has_good_token()) return answer_waiters(token_.access);
    if (refusal_) return answer_waiters(*refusal_);
    step([this] { fetch(); });
  });
}

void Auth::invalidate(const std::string& refused_token) {
  if (token_.access == refused_token) token_.access.clear();
}

void Auth::fetch() {
  fetching_ = true;
  if (!token_.refresh.empty() && clock_.now() < token_.refresh_good_until) {
    grant_by_refresh_token();
  } else {
    grant_by_jwt();
  }
}

void Auth::grant(std::string form, std::function<void(Result<HttpResponse>)> on_response) {
  HttpRequest request;
  request.method = "POST";
  request.url = credentials_.server + "/restapi/oauth/token";
  request.headers = {{"Accept", "application/json"}};
  if (credentials_.client_secret.empty()) {
    form += "&client_id=" + form_encode(credentials_.client_id);
  } else {
    request.headers.emplace_back("Authorization", basic_authorization(credentials_));
  }
  request.body = std::move(form);
  request.content_type = "application/x-www-form-urlencoded";
  request.repeatable = true;
  http_.request(std::move(request),
                [this, weak = std::weak_ptr(alive_),
                 on_response = std::move(on_response)](Result<HttpResponse> response) {
                  if (weak.lock()) step([&] { on_response(std::move(response)); });
                });
}

void Auth::grant_by_jwt() {
  grant("grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=" +
            form_encode(credentials_.jwt),
        [this](Result<HttpResponse> response) { on_response(std::move(response)); });
}

void Auth::grant_by_refresh_token() {
  // It is good for one use, whatever comes of it.
  const std::string refresh = std::exchange(token_.refresh, {});
  grant("grant_type=refresh_token&refresh_token=" + form_encode(refresh),
        [this](Result<HttpResponse> response) {
          const bool refused =
              response.ok() && (response.value().status == 400 || response.value().status == 401);
          if (refused) return grant_by_jwt();
          on_response(std::move(response));
        });
}

void Auth::on_response(Result<HttpResponse> response) {
  fetching_ = false;
  auto token = response.ok() ? read_token(response.value()) : response.error();
  if (!token.ok()) {
    // The same credentials again would only bring the account nearer to being locked.
    if (token.error().code == Errc::kAuth) refusal_ = token.error();
    return answer_waiters(token.error());
  }
  token_ = std::move(token).value();
  RC_LOG(kRest, DEBUG, "logged in to " + credentials_.server);
  answer_waiters(token_.access);
}

Result<Auth::Token> Auth::read_token(const HttpResponse& response) const {
  if (response.status != 200) {
    Error error = api_error(response, "log in");
    error.message =
        hide_secret(hide_secret(error.message, credentials_.jwt), credentials_.client_secret);
    return error;
  }
  const auto body = Json::parse(response.body);
  if (!body.ok()) return body.error();
  Token token;
  token.access = body.value()["access_token"].text().value_or("");
  const auto access_life = life(body.value()["expires_in"]);
  if (!is_token(token.access) || !access_life) {
    return Error{Errc::kProtocol, "Cannot log in: the server's answer holds no usable token"};
  }
  token.good_until = clock_.now() + *access_life - margin(*access_life);
  token.scopes = clean_text(body.value()["scope"].text().value_or(""));
  token.refresh = body.value()["refresh_token"].text().value_or("");
  const auto refresh_life = life(body.value()["refresh_token_expires_in"]);
  if (!is_token(token.refresh) || !refresh_life) token.refresh.clear();
  token.refresh_good_until = clock_.now() + refresh_life.value_or(seconds(0));
  return token;
}

// A request for a token that throws on its way has failed, too.
void Auth::step(const std::function<void()>& body) {
  const auto done = guard(body);
  if (done.ok()) return;
  fetching_ = false;
  answer_waiters(done.error());
}

// By value: a callback may destroy this.
void Auth::answer_waiters(Result<std::string> result) {
  const auto waiters = std::exchange(waiters_, {});
  for (const auto& waiter : waiters) waiter(result);
}

}  // namespace rc::rest
