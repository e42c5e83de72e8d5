// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/retrying_http.h"

#include <algorithm>
#include <optional>

#include "core/log.h"
#include "core/outcome.h"
#include "rest/api_error.h"

namespace rc::rest {
namespace {

using std::chrono::seconds;

constexpr int kMaxTries = 5;
constexpr seconds kFirstWait{2};
constexpr seconds kMaxTime{60};           // of tries and waits that nobody told us to make
constexpr seconds kUntoldRateWait{30};    // 429 without Retry-After (developer guide, rate limits)
constexpr seconds kMaxToldWait{10 * 60};  // longer: the caller should know now

}  // namespace

struct RetryingHttp::Attempt {
  HttpRequest request;
  Outcome<HttpResponse> outcome{};
  int tries = 0;
  Clock::Duration deadline{};
  seconds next_wait = kFirstWait;
  Timer timer{};
};

RetryingHttp::RetryingHttp(Http& http, Clock& clock, WaitListener on_wait)
    : http_(http), clock_(clock), on_wait_(std::move(on_wait)) {}

RetryingHttp::~RetryingHttp() = default;

void RetryingHttp::request(HttpRequest request, Callback callback) {
  auto attempt = std::make_shared<Attempt>();
  attempt->request = std::move(request);
  attempt->outcome = Outcome<HttpResponse>(
      [this, weak = std::weak_ptr(attempt), callback = std::move(callback)](auto result) {
        attempts_.erase(weak.lock());
        callback(std::move(result));  // last: it may destroy this
      });
  attempt->deadline = clock_.now() + kMaxTime;
  attempts_.insert(attempt);
  send(attempt);
}

void RetryingHttp::send(const std::shared_ptr<Attempt>& attempt) {
  ++attempt->tries;
  http_.request(attempt->request,
                [this, weak = std::weak_ptr(attempt)](Result<HttpResponse> result) {
                  const auto self = weak.lock();
                  if (self) self->outcome.step([&] { on_result(self, std::move(result)); });
                });
}

void RetryingHttp::on_result(const std::shared_ptr<Attempt>& attempt, Result<HttpResponse> result) {
  const auto wait = attempt->request.repeatable ? wait_before_next(*attempt, result) : std::nullopt;
  if (!wait) return attempt->outcome(std::move(result));
  const Error why = result.ok() ? api_error(result.value(), "reach the server") : result.error();
  RC_LOG(kRest, WARNING, why.message + "; again in " + std::to_string(wait->count()) + " s");
  attempt->timer = clock_.after(*wait, [this, weak = std::weak_ptr(attempt)] {
    if (auto self = weak.lock()) self->outcome.step([&] { send(self); });
  });
  if (on_wait_) on_wait_(why, *wait);
}

// Nothing: this result is the final one.
std::optional<seconds> RetryingHttp::wait_before_next(Attempt& attempt,
                                                      const Result<HttpResponse>& result) const {
  if (attempt.tries >= kMaxTries) return std::nullopt;
  if (result.ok()) {
    const unsigned status = result.value().status;
    auto told = status == 429 || status == 503 ? retry_after(result.value()) : std::nullopt;
    if (status == 429 && !told) told = kUntoldRateWait;
    if (told && *told > kMaxToldWait) return std::nullopt;
    if (told) attempt.deadline += *told;
    if (told || status < 500) return told;
  } else if (result.error().code != Errc::kNetwork && result.error().code != Errc::kTimeout) {
    return std::nullopt;
  }
  if (clock_.now() + attempt.next_wait > attempt.deadline) return std::nullopt;
  return std::exchange(attempt.next_wait, attempt.next_wait * 2);
}

}  // namespace rc::rest
