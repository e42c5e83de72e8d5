// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/codec.h"

#include "core/text.h"

namespace rc::media {

const std::array<CodecInfo, 3>& codecs() {
  static const std::array<CodecInfo, 3> all = {{
      {Codec::kOpus, "OPUS", 48000, 2, 111, "minptime=10;useinbandfec=1", 1400, "rtpopusdepay",
       "rtpopuspay"},
      {Codec::kPcmu, "PCMU", 8000, 1, 0, "", 960, "rtppcmudepay", "rtppcmupay"},
      {Codec::kPcma, "PCMA", 8000, 1, 8, "", 960, "rtppcmadepay", "rtppcmapay"},
  }};
  return all;
}

const CodecInfo& info(Codec codec) { return codecs()[static_cast<size_t>(codec)]; }

std::string rtpmap(Codec codec) {
  const CodecInfo& it = info(codec);
  std::string text = std::string(it.name) + "/" + std::to_string(it.clock_rate);
  if (codec == Codec::kOpus) text = "opus/48000";  // the spelling of RFC 7587
  return it.channels == 1 ? text : text + "/" + std::to_string(it.channels);
}

std::optional<Codec> codec_of_rtpmap(std::string_view encoding) {
  const std::string text = to_lower(trim(encoding));
  for (const CodecInfo& it : codecs()) {
    const std::string ours = to_lower(rtpmap(it.codec));
    if (text == ours || (it.channels == 1 && text == ours + "/1")) return it.codec;
  }
  return std::nullopt;
}

}  // namespace rc::media
