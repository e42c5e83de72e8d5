// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.h"
#include "core/outcome.h"
#include "rest/credentials.h"
#include "rest/http.h"

namespace rc::rest {

// Holds the access token of one login: asks for it by JWT when somebody needs it, anew shortly
// before it expires (with the refresh token if there is one: a JWT grant opens another of the about
// five sessions that a user and app may have; with the JWT if the refresh token is refused).
// Thread: signalling.
class Auth {
 public:
  // kAuth: the credentials are bad; nothing but the user can mend it, and they are not tried again.
  using TokenCallback = std::function<void(Result<std::string>)>;

  // `http` (a RetryingHttp) and `clock` outlive this.
  Auth(Http& http, Clock& clock, Credentials credentials);
  ~Auth();  // waiters are dropped
  Auth(const Auth&) = delete;
  Auth& operator=(const Auth&) = delete;

  // A token that is good for some time yet. Callback once, never inside this call. Any number of
  // waiters share one request.
  void token(TokenCallback callback);
  // The server refused this token: the next token() asks for another one.
  void invalidate(const std::string& refused_token);

  bool logged_in() const { return !token_.access.empty(); }
  // What the app may do, as the newest token says: names with spaces between; empty: not told.
  const std::string& scopes() const { return token_.scopes; }

  const Credentials& credentials() const { return credentials_; }

 private:
  struct Token {
    std::string access;
    Clock::Duration good_until{};
    std::string refresh;
    std::string scopes;
    Clock::Duration refresh_good_until{};
  };

  bool has_good_token() const;
  void fetch();
  void grant(std::string form, std::function<void(Result<HttpResponse>)> on_response);
  void grant_by_jwt();
  void grant_by_refresh_token();
  void on_response(Result<HttpResponse> response);
  Result<Token> read_token(const HttpResponse& response) const;
  void step(const std::function<void()>& body);
  void answer_waiters(Result<std::string> result);

  Http& http_;
  Clock& clock_;
  Credentials credentials_;
  Token token_;
  std::vector<Outcome<std::string>> waiters_;
  bool fetching_ = false;
  std::optional<Error> refusal_;  // of the credentials: never asked again
  Timer answer_;
  std::shared_ptr<void> alive_;  // what callbacks watch
};

}  // namespace rc::rest
