// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "core/ref.h"
#include "media/codec.h"

namespace rc::media {

// What webrtcbin and (de)payloaders call a codec, under its payload type.
Owned<GstCaps> rtp_caps(const std::vector<Format>& formats);
// Under any payload type.
Owned<GstCaps> rtp_caps(Codec codec);

}  // namespace rc::media
