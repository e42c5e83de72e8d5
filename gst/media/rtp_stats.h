// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "call/media_session.h"

namespace rc::media {

// Adds what the peer's RTCP says of what it gets from us, once it has reported: the round trip, its
// losses, its jitter. `clock_rate`: Hz, of what we send. Thread: any.
void add_rtcp_stats(GstElement* webrtcbin, int clock_rate, call::MediaStats& stats);

}  // namespace rc::media
