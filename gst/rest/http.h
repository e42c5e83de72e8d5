// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.h"

namespace rc::rest {

constexpr size_t kMaxBodyBytes = 1024 * 1024;  // of an answer; more is kProtocol

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string url;  // absolute
  Headers headers;
  std::string body;
  std::string content_type;  // of the body
  std::chrono::milliseconds time_limit{15'000};
  // Whether doing it twice is as good as doing it once. Only such requests are tried again.
  bool repeatable = false;
};

struct HttpResponse {
  unsigned status = 0;
  Headers headers;
  std::string body;

  std::string_view header(std::string_view name) const;  // any case; empty if absent
};

// Seconds of the Unix epoch of a Date header (RFC 9110 5.6.7); nullopt if it is none.
std::optional<int64_t> http_date(const std::string& text);

// One HTTP exchange at a time or many. Thread: signalling.
class Http {
 public:
  using Callback = std::function<void(Result<HttpResponse>)>;

  virtual ~Http() = default;  // drops what is under way: those callbacks never run
  // Runs `callback` exactly once, never inside this call, at the latest after the time limit.
  // Any status is a response. Errors: kNetwork, kTimeout, kProtocol (a body too large), kConfig (a
  // certificate that is not trusted, a URL that is not allowed).
  virtual void request(HttpRequest request, Callback callback) = 0;
};

}  // namespace rc::rest
