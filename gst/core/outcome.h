// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <functional>
#include <memory>
#include <tuple>
#include <utility>

#include "core/guard.h"

namespace rc {

// The end of a request: the callback runs exactly once, whatever happens in the steps on the way,
// so that nobody waits for ever for an answer that a fault of ours has swallowed. Copies are one
// outcome. Thread: the request's.
template <typename T>
class Outcome {
 public:
  using Callback = std::function<void(Result<T>)>;

  Outcome() = default;  // of no request
  explicit Outcome(Callback callback)
      : callback_(std::make_shared<Callback>(std::move(callback))) {}

  // The first call counts. What the callback throws is its owner's fault, and only logged.
  void operator()(Result<T> result) const {
    if (const auto callback = std::exchange(*callback_, {}))
      std::ignore = guard([&] { callback(std::move(result)); });
  }

  // A step that comes from a timer or from below. If it throws, that was the end: kInternal.
  template <typename Body>
  void step(Body body) const {
    const auto done = guard(std::move(body));
    if (!done.ok()) (*this)(done.error());
  }

 private:
  std::shared_ptr<Callback> callback_;
};

}  // namespace rc
