// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>

#include "json_text.h"
#include "media_leg.h"

namespace standin {

// The "media" object of the control API.
struct MediaSpec {
  MediaLegOptions options;
  bool late_offer = false;
  bool no_codec = false;  // a caller's offer holds none that a WebRTC phone can speak
};

// False when there is no such codec.
bool parse_codec(const std::string& name, MediaSpec& spec);

// Nothing, with error set, when a value is unknown. No object: silence, newest SDP, all codecs.
std::optional<MediaSpec> parse_media(const std::optional<Json>& json, std::string& error);

}  // namespace standin
