// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/rtp_caps.h"

namespace rc::media {

Owned<GstCaps> rtp_caps(Codec codec) {
  const CodecInfo& it = info(codec);
  Owned<GstCaps> caps(gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "audio",
                                          "encoding-name", G_TYPE_STRING, it.name, "clock-rate",
                                          G_TYPE_INT, it.clock_rate, nullptr));
  if (it.channels == 2) {
    gst_caps_set_simple(caps.get(), "encoding-params", G_TYPE_STRING, "2", nullptr);
  }
  return caps;
}

Owned<GstCaps> rtp_caps(const std::vector<Format>& formats) {
  Owned<GstCaps> all(gst_caps_new_empty());
  for (const Format& it : formats) {
    auto caps = rtp_caps(it.codec);
    gst_caps_set_simple(caps.get(), "payload", G_TYPE_INT, it.payload_type, nullptr);
    gst_caps_append(all.get(), caps.release());
  }
  return all;
}

}  // namespace rc::media
