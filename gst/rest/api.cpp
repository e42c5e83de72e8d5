// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/api.h"

#include <utility>

#include "core/log.h"
#include "core/outcome.h"
#include "rest/api_error.h"
#include "rest/url.h"

namespace rc::rest {

struct Api::Job {
  ApiRequest request;
  Outcome<Json> outcome;
  std::string token{};  // of the try under way
  bool had_new_token = false;
};

namespace {

bool is_about_the_token(const HttpResponse& response) {
  // 499 with OAU-128 is in the description of sip-provision.
  return response.status == 401 || (response.status == 499 && error_code_of(response) == "OAU-128");
}

Result<Json> read_answer(const HttpResponse& response, const ApiRequest& request,
                         const std::string& token) {
  if (response.status < 200 || response.status > 299) {
    Error error = api_error(response, request.purpose);
    error.message = hide_secret(error.message, token);
    return error;
  }
  return Json::parse(response.body.empty() ? "{}" : response.body);
}

}  // namespace

Api::Api(Http& http, Auth& auth) : http_(http), auth_(auth), alive_(std::make_shared<char>()) {}

Api::~Api() = default;

void Api::request(ApiRequest request, Callback callback) {
  send(std::make_shared<Job>(Job{std::move(request), Outcome<Json>(std::move(callback))}));
}

void Api::send(std::shared_ptr<Job> job) {
  auth_.token([this, weak = std::weak_ptr(alive_), job](Result<std::string> token) {
    if (!weak.lock()) return;
    if (!token.ok()) return job->outcome(token.error());
    job->token = token.value();
    job->outcome.step([&] { send_with_token(job); });
  });
}

void Api::send_with_token(std::shared_ptr<Job> job) {
  const ApiRequest& request = job->request;
  const std::string& server = auth_.credentials().server;
  HttpRequest http;
  http.method = request.method;
  http.url = request.path.starts_with('/') ? server + request.path : request.path;
  if (!may_carry_token(server, http.url)) {
    return job->outcome(Error{Errc::kConfig, "Cannot " + request.purpose +
                                                 ": this address is not of the server's domain"});
  }
  http.headers = {{"Accept", "application/json"}, {"Authorization", "Bearer " + job->token}};
  http.body = request.body;
  if (!request.body.empty()) http.content_type = "application/json";
  http.repeatable = request.repeatable;
  RC_LOG(kRest, LOG, http.method + " " + http.url);
  http_.request(std::move(http), [this, weak = std::weak_ptr(alive_), job](Result<HttpResponse> r) {
    if (weak.lock()) job->outcome.step([&] { on_response(job, std::move(r)); });
  });
}

void Api::on_response(std::shared_ptr<Job> job, Result<HttpResponse> response) {
  if (!response.ok()) return job->outcome(response.error());
  if (is_about_the_token(response.value()) && !std::exchange(job->had_new_token, true)) {
    auth_.invalidate(job->token);
    return send(job);
  }
  job->outcome(read_answer(response.value(), job->request, job->token));
}

}  // namespace rc::rest
