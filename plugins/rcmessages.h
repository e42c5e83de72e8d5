// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <optional>

#include "call/call_info.h"
#include "phone/phone.h"

namespace rc {

// What applications are told, as GstStructures (bus messages, the sticky event, signals):
// names and fields are public API, fields in kebab-case, times in microseconds of the Unix epoch,
// durations in microseconds, shares of 1.
GstStructure* to_structure(const call::CallInfo& call);   // "rc-call"
GstStructure* to_structure(const phone::Status& status);  // "rc-line"
// "rc-stats", where 0 of a time = not yet, 0 of what RTCP says = no report yet:
//   call-id, at, final (the call has ended), codec, duration (since the answer)
//   time-to-answer, time-to-connect, time-to-audio: since the INVITE
//   packets-received, packets-lost, loss (its share), jitter: of what comes (RFC 3550)
//   concealed (share of what was played), silence (filled in): what the listener got for it
//   packets-sent, remote-packets-lost, remote-jitter, round-trip: as the far end reports
//   r-factor, mos: an estimate for what we hear (call/e_model.h)
GstStructure* to_structure(const call::CallStats& stats);
// "rc-all-stats": `calls`, a GstValueArray of rc-stats.
GstStructure* to_structure(const std::vector<call::CallStats>& calls);

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
