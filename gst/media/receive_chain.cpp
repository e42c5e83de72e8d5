// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/receive_chain.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
#include "media/elements.h"
#include "media/packet_tap.h"

namespace rc::media {
namespace {

// Places in the chain.
constexpr size_t kDepayloader = 1, kDecoder = 2;

// Who was silent for so long has stopped: the next one that talks is heard.
constexpr gint64 kHandOver = 60 * G_TIME_SPAN_MILLISECOND;
// A new stream takes the talker's place with this packet of it: a flood of SSRCs has fewer each.
constexpr int kTakesOver = 3;

// The rates at which Opus decodes by itself.
bool is_opus_rate(int rate) {
  return rate == 8000 || rate == 12000 || rate == 16000 || rate == 24000 || rate == 48000;
}

std::vector<std::string> factories(Codec codec, int rate) {
  std::vector<std::string> names = {"input-selector", info(codec).depayloader};
  bool resample = true;
  if (codec == Codec::kOpus) {
    names.insert(names.end(), {"opusdec"});
    resample = !is_opus_rate(rate);
    if (resample) names.insert(names.end(), {"audioconvert"});
  } else {
    names.insert(names.end(), {codec == Codec::kPcmu ? "mulawdec" : "alawdec", "spanplc"});
    resample = rate != info(codec).clock_rate;
  }
  if (resample) names.emplace_back("audioresample");
  names.push_back("audio/x-raw,format=S16LE,layout=interleaved,channels=1,rate=" +
                  std::to_string(rate));
  names.emplace_back("fakesink");
  return names;
}

// What a packet's loss becomes behind the depayloader; opusdec defaults to FALSE for both and then
// the recording is shorter by what was lost.
void tune(const Chain& chain, Codec codec) {
  if (codec == Codec::kOpus) {
    g_object_set(chain[kDecoder].get(), "plc", TRUE, "use-inband-fec", TRUE, nullptr);
  }
  g_object_set(chain.front().get(), "sync-streams", FALSE, nullptr);
  g_object_set(chain.back().get(), "sync", FALSE, "async", FALSE, "enable-last-sample", FALSE,
               nullptr);
}

}  // namespace

Result<std::shared_ptr<ReceiveChain>> ReceiveChain::create(GstBin* pipeline, Options options) {
  auto chain = std::make_shared<ReceiveChain>(std::move(options));
  if (auto built = chain->build(pipeline); !built.ok()) return built.error();
  return chain;
}

Result<void> ReceiveChain::build(GstBin* pipeline) {
  auto made = make_chain(factories(options_.format.codec, options_.rate));
  if (!made.ok()) return made.error();
  const Chain& chain = made.value();
  tune(chain, options_.format.codec);
  selector_ = chain.front();
  const size_t concealing = options_.format.codec == Codec::kOpus ? kDecoder : kDecoder + 1;
  stamp_packets(chain[kDepayloader].get());
  watch_decoder(chain[concealing].get(), chain.back().get());
  return start_chain(pipeline, chain);
}

// What PacketTap dropped, webrtcbin's rtpulpfecdec (1.22; idle with Opus) takes for lost and brings
// back from the rtpstorage ahead of the jitterbuffer: keys were decoded as G.711.
void ReceiveChain::stamp_packets(GstElement* depayloader) {
  add_probe(depayloader, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              GstBuffer* packet = GST_PAD_PROBE_INFO_BUFFER(item);
              const auto self = weak.lock();
              if (!self || !is_audio_packet(packet, self->options_.format)) {
                return GST_PAD_PROBE_DROP;
              }
              item->data = self->stamper_.stamp(packet);
              return GST_PAD_PROBE_OK;
            });
}

void ReceiveChain::watch_decoder(GstElement* decoder, GstElement* sink) {
  // audioresample counts samples and passes no PTS on, so the time is taken ahead of it.
  add_probe(decoder, "src", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              GstBuffer* block = GST_PAD_PROBE_INFO_BUFFER(item);
              if (self) self->decoded_ = {GST_BUFFER_PTS(block), SenderStamper::read(block)};
              return GST_PAD_PROBE_OK;
            });
  add_probe(sink, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              if (const auto self = weak.lock()) self->deliver(GST_PAD_PROBE_INFO_BUFFER(item));
              return GST_PAD_PROBE_OK;
            });
}

void ReceiveChain::add_pad(GstElement* webrtcbin, GstPad* pad) {
  const Stream stream{Ref<GstPad>::share(pad), Ref<GstPad>::adopt(gst_element_request_pad_simple(
                                                   selector_.get(), "sink_%u"))};
  watch_pad(stream);
  if (gst_pad_link(pad, stream.sink.get()) != GST_PAD_LINK_OK) {
    RC_LOG(kMedia, WARNING, "a stream of the peer has a form that was not agreed on");
  }
  const std::lock_guard lock(mutex_);
  remove_dead(webrtcbin);
  streams_.push_back(stream);
}

void ReceiveChain::watch_pad(const Stream& stream) {
  add_probe(stream.source.get(), GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST,
            [weak = weak_from_this(), sink = stream.sink, packets = 0](GstPad* source,
                                                                       GstPadProbeInfo*) mutable {
              const auto self = weak.lock();
              packets = std::min(packets + 1, kTakesOver + 1);
              return self && self->admits(source, sink.get(), packets == kTakesOver)
                         ? GST_PAD_PROBE_OK
                         : GST_PAD_PROBE_DROP;
            });
  // A stream's end is not that of the call: another follows (transfer, hold music).
  add_probe(stream.source.get(), GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [](GstPad*, GstPadProbeInfo* item) {
              const GstEvent* event = GST_PAD_PROBE_INFO_EVENT(item);
              return GST_EVENT_TYPE(event) == GST_EVENT_EOS ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
            });
}

bool ReceiveChain::admits(GstPad* source, GstPad* sink, bool takes_over) {
  if (!open_) return false;
  const gint64 now = g_get_monotonic_time();
  if (current_ != source) {
    const std::lock_guard lock(mutex_);
    if (!takes_over && now - last_packet_ < kHandOver) return false;
    select(source, sink);
  }
  last_packet_ = now;
  return true;
}

void ReceiveChain::select(GstPad* source, GstPad* sink) {
  current_ = source;
  last_packet_ = g_get_monotonic_time();
  g_object_set(selector_.get(), "active-pad", sink, nullptr);
}

// webrtcbin 1.22 keeps the pad of an SSRC that its rtpbin has given up, without a target.
void ReceiveChain::remove_dead(GstElement* webrtcbin) {
  std::erase_if(streams_, [this, webrtcbin](const Stream& it) {
    const auto target =
        Ref<GstPad>::adopt(gst_ghost_pad_get_target(GST_GHOST_PAD(it.source.get())));
    if (target) return false;
    gst_pad_unlink(it.source.get(), it.sink.get());
    gst_element_release_request_pad(selector_.get(), it.sink.get());
    gst_element_remove_pad(webrtcbin, it.source.get());
    return true;
  });
}

void ReceiveChain::note_first_audio() {
  first_audio_ = g_get_monotonic_time();
  RC_LOG(kMedia, DEBUG, "first decoded audio at " + std::to_string(first_audio_) + " us");
}

void ReceiveChain::deliver(GstBuffer* buffer) {
  if (!open_) return;
  if (first_audio_ == 0) note_first_audio();
  const auto receiver = options_.ports->receiver();
  const auto& [time, sender] = decoded_;
  GstMapInfo map;
  if (!receiver || !GST_CLOCK_TIME_IS_VALID(time)) return;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  call::AudioBlock block{};
  block.samples = {reinterpret_cast<const int16_t*>(map.data), map.size / sizeof(int16_t)};
  block.time = std::chrono::nanoseconds(time) + options_.base_time;
  block.concealed = !sender;
  if (sender) {
    block.new_stream = sender->ssrc != std::exchange(ssrc_, sender->ssrc);
    block.sender_time = sender->time;
  }
  receiver->on_audio(block);
  gst_buffer_unmap(buffer, &map);
}

}  // namespace rc::media
