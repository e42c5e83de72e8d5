// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <exception>
#include <string>
#include <type_traits>

#include "core/log.h"
#include "core/result.h"

namespace rc {

inline Error internal_error(const char* what) {
  Error error{Errc::kInternal, std::string("internal error: ") + what};
  RC_LOG(kPhone, WARNING, error.message + "; what was being done is dropped");
  return error;
}

// Runs the body of a callback that C code makes: GLib's loop, GStreamer's elements. An exception (a
// fault of ours: out_of_range, bad_alloc) must not pass through their frames: locks stay locked, a
// GSource stays "in call" and never runs again, and what catches nothing ends the host
// process. Instead one warning is logged, and the caller gives up what it was working on.
// The only place that catches. Tasks, timers, sockets, HTTP and the elements' virtual methods use
// it; signal handlers and pad probes of the media do not.
template <typename Body>
Result<std::invoke_result_t<Body>> guard(Body body) {
  try {
    if constexpr (std::is_void_v<std::invoke_result_t<Body>>) {
      body();
      return {};
    } else {
      return body();
    }
  } catch (const std::exception& exception) {
    return internal_error(exception.what());
  } catch (...) {
    return internal_error("unknown exception");
  }
}

}  // namespace rc
