// SPDX-License-Identifier: LGPL-2.1-or-later
#include "anchor_spec.h"

namespace standin {
namespace {

bool parse_era(const std::string& era, MediaLegOptions& options) {
  options.era = era == "2019" ? Era::k2019 : Era::k2024;
  return era.empty() || era == "2019" || era == "2024";
}

play::Tones tones_of(const Json& json) {
  play::Tones tones;
  for (const auto& row : json.rows("tones")) {
    if (row.size() < 2) continue;
    tones.tones.push_back({row[0], std::chrono::milliseconds(static_cast<std::int64_t>(row[1]))});
  }
  return tones;
}

bool parse_play(const Json& json, Play& play) {
  const std::string type = json.text("type", "silence");
  play.repeat = json.flag("repeat");
  if (type == "tones") {
    play.what = tones_of(json);
  } else if (type == "speech") {
    play.what = play::Speech{json.text("text")};
  } else if (type == "file") {
    play.what = play::WavFile{json.text("file")};
  } else if (type == "echo") {
    play.what = play::Echo{};
  } else {
    return type == "silence";
  }
  return true;
}

}  // namespace

bool parse_codec(const std::string& name, MediaSpec& spec) {
  MediaLegOptions& options = spec.options;
  spec.no_codec = name == "g729";
  if (name == "opus") {
    options.codecs = {Codec::kOpus};
  } else if (name == "pcmu") {
    options.codecs = {Codec::kPcmu};
  } else if (name == "pcma") {
    options.codecs = {Codec::kPcma};
  } else {
    return name.empty() || spec.no_codec;
  }
  return true;
}

std::optional<MediaSpec> parse_media(const std::optional<Json>& json, std::string& error) {
  MediaSpec spec;
  if (!json) return spec;
  const auto fail = [&](const char* what) {
    error = std::string("media: unknown ") + what;
    return std::nullopt;
  };
  if (!parse_codec(json->text("codec"), spec)) return fail("codec");
  if (!parse_era(json->text("era"), spec.options)) return fail("era");
  const auto play = json->object("play");
  if (play && !parse_play(*play, spec.options.play)) return fail("play type");
  const std::string fingerprint = json->text("fingerprint", "good");
  if (fingerprint != "good" && fingerprint != "wrong") return fail("fingerprint");
  spec.options.wrong_fingerprint = fingerprint == "wrong";
  spec.options.ice_lite = json->flag("ice_lite");
  spec.options.record_path = json->text("record");
  spec.options.packet_log = json->text("packet_log");
  spec.options.foreign_offer = json->text("sdp");
  spec.late_offer = json->flag("late_offer");
  return spec;
}

}  // namespace standin
