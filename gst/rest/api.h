// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "rest/auth.h"
#include "rest/http.h"
#include "rest/json.h"

namespace rc::rest {

struct ApiRequest {
  std::string method = "GET";
  std::string path;  // "/restapi/v1.0/..."; or an absolute https URL of the server's own domain
  std::string body;  // JSON, or empty
  bool repeatable = false;  // see HttpRequest
  std::string purpose;      // for error messages: "provision the line"
};

// RingCentral's REST API with the login's bearer token. A 401 gets one new token and one more try.
// The token goes only to https hosts of the server's own registered domain (or the loopback origin
// that is the server). Thread: signalling.
class Api {
 public:
  using Callback = std::function<void(Result<Json>)>;

  // `http` (a RetryingHttp) and `auth` outlive this.
  Api(Http& http, Auth& auth);
  ~Api();  // callbacks under way never run
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  // The body of a 2xx answer (an empty body is an empty object), or an Error that names the HTTP
  // status, RingCentral's error code and request id, and the next step. Callback once, not inside
  // this call.
  void request(ApiRequest request, Callback callback);

 private:
  struct Job;
  void send(std::shared_ptr<Job> job);
  void send_with_token(std::shared_ptr<Job> job);
  void on_response(std::shared_ptr<Job> job, Result<HttpResponse> response);

  Http& http_;
  Auth& auth_;
  std::shared_ptr<void> alive_;  // what callbacks watch
};

}  // namespace rc::rest
