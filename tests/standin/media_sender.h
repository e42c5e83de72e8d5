// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A leg's voice: 20 ms of script at a time, at the pace of the pipeline's clock, encoded and
// packed.
#pragma once

#include <gst/gst.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "media_rewriter.h"
#include "media_sdp.h"

namespace standin::media {

class Sender {
 public:
  // Streaming thread. false = nothing is to be sent now (and nothing was written).
  using Fill = std::function<bool(std::span<std::int16_t>)>;

  // Adds the chain to the (playing) pipeline and links it to webrtcbin's sink pad. error: set if
  // that failed.
  static std::unique_ptr<Sender> create(GstBin* pipeline, GstPad* sink,
                                        const AgreedFormats& formats, Fill fill,
                                        std::string& error);

  PacketRewriter& rewriter() { return *rewriter_; }

 private:
  std::shared_ptr<PacketRewriter> rewriter_;
};

}  // namespace standin::media
