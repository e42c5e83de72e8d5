// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/send_chain.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "media/elements.h"

namespace rc::media {
namespace {

constexpr int kFrame = call::kSendRate / 50;  // samples of 20 ms

std::vector<std::string> factories(Codec codec) {
  const std::string raw = "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=";
  std::vector<std::string> names = {"audiotestsrc", raw + std::to_string(call::kSendRate)};
  if (codec == Codec::kOpus) {
    names.emplace_back("opusenc");
  } else {
    names.insert(names.end(),
                 {"audioresample", raw + "8000", codec == Codec::kPcmu ? "mulawenc" : "alawenc"});
  }
  names.emplace_back(info(codec).payloader);
  return names;
}

// A source that joins a running pipeline starts its timeline at 0 and hurries to catch up; the
// offset puts it at the present.
void tune_source(GstElement* source, GstBin* pipeline) {
  const GstClockTime now = gst_element_get_current_running_time(GST_ELEMENT(pipeline));
  gst_util_set_object_arg(G_OBJECT(source), "wave", "silence");
  g_object_set(source, "is-live", TRUE, "samplesperbuffer", kFrame, "timestamp-offset",
               GST_CLOCK_TIME_IS_VALID(now) ? static_cast<gint64>(now) : G_GINT64_CONSTANT(0),
               nullptr);
}

void tune(const Chain& chain, GstBin* pipeline, const Format& format) {
  tune_source(chain.front().get(), pipeline);
  GstElement* encoder = chain[chain.size() - 2].get();
  if (format.codec == Codec::kOpus) {
    gst_util_set_object_arg(G_OBJECT(encoder), "audio-type", "voice");
    gst_util_set_object_arg(G_OBJECT(encoder), "frame-size", "20");
    // 32 kbit/s is full-band speech; FEC costs a part of it, for 10 % of loss (RFC 7587 3.1.1).
    gst_util_set_object_arg(G_OBJECT(encoder), "bitrate-type", "constrained-vbr");
    g_object_set(encoder, "bitrate", 32000, "inband-fec", TRUE, "packet-loss-percentage", 10,
                 "complexity", 5, nullptr);
  }
  g_object_set(chain.back().get(), "pt", static_cast<guint>(format.payload_type), nullptr);
  if (format.codec != Codec::kOpus) {
    const gint64 frame = 20 * GST_MSECOND;
    g_object_set(chain.back().get(), "min-ptime", frame, "max-ptime", frame, nullptr);
  }
}

}  // namespace

Result<std::shared_ptr<SendChain>> SendChain::create(GstBin* pipeline, GstPad* sink,
                                                     Options options) {
  auto chain = std::make_shared<SendChain>(std::move(options));
  if (auto built = chain->build(pipeline, sink); !built.ok()) return built.error();
  return chain;
}

Result<void> SendChain::build(GstBin* pipeline, GstPad* sink) {
  auto made = make_chain(factories(options_.format.codec));
  if (!made.ok()) return made.error();
  const Chain& chain = made.value();
  tune(chain, pipeline, options_.format);
  watch(chain.front().get(), chain.back().get());
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(chain.back().get(), "src"));
  gst_bin_add(pipeline, chain.back().get());
  if (gst_pad_link(source.get(), sink) != GST_PAD_LINK_OK) {
    return Error{Errc::kInternal, "webrtcbin does not take what the encoder makes"};
  }
  return start_chain(pipeline, chain);
}

void SendChain::watch(GstElement* source, GstElement* payloader) {
  add_probe(source, "src", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              return self ? self->fill(item) : GST_PAD_PROBE_DROP;
            });
  add_probe(payloader, "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo*) {
              const auto self = weak.lock();
              if (self && self->packets_++ == 0) self->options_.on_started();
              return GST_PAD_PROBE_OK;
            });
}

GstPadProbeReturn SendChain::fill(GstPadProbeInfo* item) {
  const Sending sending = sending_;
  if (sending == Sending::kNothing) return GST_PAD_PROBE_DROP;
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(item));
  item->data = buffer;
  GstMapInfo map;
  if (gst_buffer_map(buffer, &map, GST_MAP_WRITE) == FALSE) return GST_PAD_PROBE_DROP;
  auto* samples = reinterpret_cast<int16_t*>(map.data);
  const size_t count = map.size / sizeof(int16_t);
  size_t given = 0;
  const auto source = options_.ports->source();
  if (source && sending == Sending::kAudio) given = std::min(source->read({samples, count}), count);
  std::memset(samples + given, 0, (count - given) * sizeof(int16_t));
  gst_buffer_unmap(buffer, &map);
  // Without the flag encoders and resamplers treat silence as any other sound: no change of state.
  GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  return GST_PAD_PROBE_OK;
}

}  // namespace rc::media
