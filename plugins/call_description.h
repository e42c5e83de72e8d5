// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>
#include <string>

#include "call/call_info.h"
#include "core/ref.h"
#include "core/result.h"

namespace rc {

// The text of rcsignal's `call-bin`: a launch description with exactly one rcsrc, from which each
// call gets a pipeline (for its placeholders see call_placeholders.h). Any thread.

// The pipeline of a call, in NULL: its rcsrc, and each rcsink, has the id of the call.
Result<Ref<GstElement>> make_call_pipeline(const std::string& description,
                                           const call::CallInfo& call);

// What a user must mend before there is a call, or should (a name that all calls share).
struct DescriptionFaults {
  std::optional<Error> error;
  std::optional<Error> warning;
};
DescriptionFaults check_call_description(const std::string& description);

}  // namespace rc
