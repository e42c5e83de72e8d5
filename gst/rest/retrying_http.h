// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>

#include "core/clock.h"
#include "rest/http.h"

namespace rc::rest {

// Tries repeatable requests again, as RingCentral asks its clients to (developer guide, errors):
// network faults and 5xx after 2 s, doubling, at most 5 tries or 60 s; 429 and 503 after
// Retry-After, which is obeyed to the second (429 without it: 30 s). A request that is not
// repeatable, and any other status, passes straight through.
class RetryingHttp : public Http {
 public:
  // Told before each wait: why, and how long.
  using WaitListener = std::function<void(const Error& why, std::chrono::seconds wait)>;

  // `http` and `clock` outlive this.
  RetryingHttp(Http& http, Clock& clock, WaitListener on_wait = {});
  ~RetryingHttp() override;

  void request(HttpRequest request, Callback callback) override;

 private:
  struct Attempt;
  void send(const std::shared_ptr<Attempt>& attempt);
  void on_result(const std::shared_ptr<Attempt>& attempt, Result<HttpResponse> result);
  std::optional<std::chrono::seconds> wait_before_next(Attempt& attempt,
                                                       const Result<HttpResponse>& result) const;

  Http& http_;
  Clock& clock_;
  WaitListener on_wait_;
  std::set<std::shared_ptr<Attempt>> attempts_;
};

}  // namespace rc::rest
