// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cassert>
#include <string>
#include <utility>
#include <variant>

namespace rc {

// Chosen by what the caller can do about it.
enum class Errc {
  kConfig,    // a setting is wrong: the user mends it
  kAuth,      // credentials or permissions: the user mends the account
  kNetwork,   // unreachable for now: try again
  kTimeout,   // no answer in time: try again
  kRejected,  // the other side said no
  kProtocol,  // the other side sent nonsense
  kClosed,    // ended by us or because its owner went away
  kInternal,  // a fault of ours
};

// `message` is one sentence for a person, says what to do where that is known, holds no secret.
struct Error {
  Errc code = Errc::kInternal;
  std::string message;
};

// A value or an Error. value() before ok() is a programming fault (asserted).
// std::expected is not usable: clang 14 cannot compile libstdc++ 12's.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}      // NOLINT(google-explicit-constructor)
  Result(Error error) : state_(std::move(error)) {}  // NOLINT(google-explicit-constructor)

  bool ok() const { return std::holds_alternative<T>(state_); }
  const T& value() const& { return (assert(ok()), std::get<T>(state_)); }
  T& value() & { return (assert(ok()), std::get<T>(state_)); }
  T&& value() && { return (assert(ok()), std::get<T>(std::move(state_))); }
  const Error& error() const { return (assert(!ok()), std::get<Error>(state_)); }

 private:
  std::variant<T, Error> state_;
};

template <>
class [[nodiscard]] Result<void> {
 public:
  Result() = default;
  Result(Error error) : failed_(true), error_(std::move(error)) {}  // NOLINT

  bool ok() const { return !failed_; }
  const Error& error() const { return (assert(failed_), error_); }

 private:
  bool failed_ = false;
  Error error_;
};

}  // namespace rc
