// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gtest/gtest.h>

#include <deque>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "rest/http.h"

namespace rc::fakes {

// A server that answers when the test says so, the oldest request first.
class FakeHttp : public rest::Http {
 public:
  void request(rest::HttpRequest request, Callback callback) override {
    if (broken) throw std::out_of_range("a fault of ours");
    seen.push_back(request);
    waiting_.push_back(std::move(callback));
  }

  void reply(unsigned status, std::string body, rest::Headers headers = {}) {
    answer(rest::HttpResponse{status, std::move(headers), std::move(body)});
  }
  void fail(Errc code) { answer(Error{code, "fault made by the test"}); }

  size_t waiting() const { return waiting_.size(); }
  const rest::HttpRequest& last() const { return seen.back(); }

  std::vector<rest::HttpRequest> seen;  // all, in order
  bool broken = false;                  // the next request throws

 private:
  void answer(Result<rest::HttpResponse> result) {
    ASSERT_FALSE(waiting_.empty()) << "no request to answer";
    auto callback = std::move(waiting_.front());
    waiting_.pop_front();
    callback(std::move(result));
  }

  std::deque<Callback> waiting_;
};

inline std::string_view header_of(const rest::HttpRequest& request, std::string_view name) {
  for (const auto& [key, value] : request.headers) {
    if (key == name) return value;
  }
  return {};
}

}  // namespace rc::fakes
