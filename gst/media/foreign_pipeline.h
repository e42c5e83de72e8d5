// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "core/ref.h"
#include "media/codec.h"

namespace rc::media {

// About an application's pipeline around its webrtcbin. Thread: any.

// Some of its pads, by direction.
std::vector<Ref<GstPad>> pads_of(GstElement* element, GstPadDirection direction);

// What can be decoded behind webrtcbin, as far as it can be seen before it has a src pad: by the
// elements beside it whose sink pad is not linked and takes nothing but RTP; `w. ! rtpopusdepay` of
// a launch line is such a one until the pad comes. All of ours, if there is none.
std::vector<Codec> codecs_behind(GstElement* webrtcbin);

// EOS, in a thread of its own, to all that webrtcbin feeds or would have fed, and to the sinks
// inside it, without which its pipeline has no end (of an EOS at its sink pads they never
// hear, 1.22).
void end_streams(GstElement* webrtcbin);

}  // namespace rc::media
