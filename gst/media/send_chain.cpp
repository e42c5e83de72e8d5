// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/send_chain.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

#include "media/elements.h"

namespace rc::media {
namespace {

constexpr int kFrame = call::kSendRate / 50;  // samples of 20 ms, as the AudioSource gives them
constexpr gint64 kFrameTime = 20 * GST_MSECOND;
// Blocks of silence that are encoded as any other sound, until the encoder has forgotten the rest.
constexpr int kEncodedSilence = 10;

// At which the codec takes its input.
int input_rate(Codec codec) { return info(codec).clock_rate; }

std::vector<std::string> factories(Codec codec) {
  const char* encoder = codec == Codec::kOpus   ? "opusenc"
                        : codec == Codec::kPcmu ? "mulawenc"
                                                : "alawenc";
  return {"audiotestsrc",
          "audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" +
              std::to_string(input_rate(codec)),
          encoder, info(codec).payloader};
}

// A source that joins a running pipeline starts its timeline at 0 and hurries to catch up; the
// offset puts it at the present.
void tune_source(GstElement* source, GstBin* pipeline, int rate) {
  const GstClockTime now = gst_element_get_current_running_time(GST_ELEMENT(pipeline));
  gst_util_set_object_arg(G_OBJECT(source), "wave", "silence");
  g_object_set(source, "is-live", TRUE, "samplesperbuffer", rate / 50, "timestamp-offset",
               GST_CLOCK_TIME_IS_VALID(now) ? static_cast<gint64>(now) : G_GINT64_CONSTANT(0),
               nullptr);
}

void tune(const Chain& chain, GstBin* pipeline, const Format& format) {
  tune_source(chain.front().get(), pipeline, input_rate(format.codec));
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
  watch(chain);
  const auto source = Ref<GstPad>::adopt(gst_element_get_static_pad(chain.back().get(), "src"));
  gst_bin_add(pipeline, chain.back().get());
  if (gst_pad_link(source.get(), sink) != GST_PAD_LINK_OK) {
    return Error{Errc::kInternal, "webrtcbin does not take what the encoder makes"};
  }
  return start_chain(pipeline, chain);
}

void SendChain::watch(const Chain& chain) {
  GstElement* encoder = chain[chain.size() - 2].get();
  add_probe(chain.front().get(), "src", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              return self ? self->fill(item) : GST_PAD_PROBE_DROP;
            });
  encoded_ = Ref<GstPad>::adopt(gst_element_get_static_pad(encoder, "src"));
  add_probe(encoded_.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              return self ? self->on_encoded(item) : GST_PAD_PROBE_DROP;
            });
  add_probe(chain.back().get(), "src", GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
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
  fill({reinterpret_cast<int16_t*>(map.data), map.size / sizeof(int16_t)}, sending);
  gst_buffer_unmap(buffer, &map);
  block_time_ = GST_BUFFER_PTS(buffer);
  if (quiet_ > kEncodedSilence && silence_) {
    repeat_silence();
    return GST_PAD_PROBE_DROP;
  }
  // Without the flag encoders and resamplers treat silence as any other sound: no change of state.
  GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  return GST_PAD_PROBE_OK;
}

void SendChain::fill(std::span<int16_t> block, Sending sending) {
  std::array<int16_t, kFrame> samples{};
  const auto source = options_.ports->source();
  if (source && sending == Sending::kAudio) source->read(samples);
  const bool silent = std::all_of(samples.begin(), samples.end(), [](int16_t s) { return s == 0; });
  quiet_ = silent ? std::min(quiet_ + 1, kEncodedSilence + 1) : 0;
  if (block.size() == samples.size()) {
    std::copy(samples.begin(), samples.end(), block.begin());
  } else {
    decimator_.process(samples, block);
  }
}

// One comes for each block. The first after a repetition has a time of before it when the encoder
// looks ahead (opusenc), and it or the next is marked as if something were missing.
GstPadProbeReturn SendChain::on_encoded(GstPadProbeInfo* item) {
  if (repeating_) return GST_PAD_PROBE_OK;
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(item));
  item->data = buffer;
  if (std::exchange(repeated_, false)) GST_BUFFER_PTS(buffer) = time_of_packet();
  const GstClockTimeDiff gap = GST_CLOCK_DIFF(sent_until_, GST_BUFFER_PTS(buffer));
  if (std::abs(gap) < kFrameTime / 2) GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_DISCONT);
  sent_until_ = GST_BUFFER_PTS(buffer) + GstClockTime{kFrameTime};
  if (quiet_ == kEncodedSilence) {
    silence_.reset(gst_buffer_copy(buffer));
    delay_ = GST_CLOCK_DIFF(block_time_, GST_BUFFER_PTS(buffer));
  }
  return GST_PAD_PROBE_OK;
}

GstClockTime SendChain::time_of_packet() const {
  return block_time_ + static_cast<GstClockTime>(delay_);
}

void SendChain::repeat_silence() {
  GstBuffer* packet = gst_buffer_copy(silence_.get());
  GST_BUFFER_PTS(packet) = time_of_packet();
  GST_BUFFER_DTS(packet) = GST_CLOCK_TIME_NONE;
  sent_until_ = GST_BUFFER_PTS(packet) + GstClockTime{kFrameTime};
  repeating_ = true;
  gst_pad_push(encoded_.get(), packet);
  repeating_ = false;
  repeated_ = true;
}

}  // namespace rc::media
