// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "call/call_info.h"
#include "core/result.h"

namespace rc {

// The text of rcsignal's `call-bin` for one call: %{id}, %{from}, %{to} and %{time} (UTC, as
// 20261128-013000) have become what they stand for, which is what names of files need. It has only
// [A-Za-z0-9+_-], and at most 64 of them, as a caller chooses some of it: no dot, slash, space or
// `!`, so it is never a path nor another element. kConfig: there is no such placeholder.
Result<std::string> describe_call(const std::string& description, const call::CallInfo& call);

}  // namespace rc
