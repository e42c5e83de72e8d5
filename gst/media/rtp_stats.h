// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include "call/media_session.h"

namespace rc::media {

// Adds what the jitterbuffer of the talking SSRC counted: lost packets, jitter. Thread: any.
void add_jitterbuffer_stats(GstElement* jitterbuffer, call::MediaStats& stats);

// Adds what RTCP says: the round trip, once the peer has reported. Thread: any.
void add_rtcp_stats(GstElement* webrtcbin, call::MediaStats& stats);

}  // namespace rc::media
