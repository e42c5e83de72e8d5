// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>

#include "call/call_info.h"
#include "phone/phone.h"

namespace rc {

// What applications are told, as GstStructures (bus messages, the sticky event, signals):
// names and fields are public API, fields in kebab-case, times in microseconds of the Unix epoch.
GstStructure* to_structure(const call::CallInfo& call);   // "rc-call"
GstStructure* to_structure(const phone::Status& status);  // "rc-line"

// Who calls, whom and since when, for files; never null.
GstTagList* to_tags(const call::CallInfo& call);

void post_element_message(GstElement* element, GstStructure* structure);  // takes the structure

// What the user is to be warned of: a call that failed. One that came and was taken back is no
// failure; one that we made and nobody took is.
std::optional<Error> failure_of(const call::CallInfo& call);
// The element's ERROR for what can never work until somebody mends it.
void post_error(GstElement* element, const Error& error);
// A WARNING: a call or the registration suffers, the element goes on.
void post_warning(GstElement* element, const Error& error);

}  // namespace rc
