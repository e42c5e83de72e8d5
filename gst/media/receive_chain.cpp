// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/receive_chain.h"

#include <string>
#include <vector>

#include "core/log.h"
#include "media/elements.h"

namespace rc::media {
namespace {

// The rates at which Opus decodes by itself.
bool is_opus_rate(int rate) {
  return rate == 8000 || rate == 12000 || rate == 16000 || rate == 24000 || rate == 48000;
}

std::vector<std::string> factories(Codec codec, int rate) {
  std::vector<std::string> names = {info(codec).depayloader};
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
    g_object_set(chain[1].get(), "plc", TRUE, "use-inband-fec", TRUE, nullptr);
  }
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
  entry_ = Ref<GstPad>::adopt(gst_element_get_static_pad(chain.front().get(), "sink"));
  watch_decoder(chain[options_.format.codec == Codec::kOpus ? 1 : 2].get(), chain.back().get());
  return start_chain(pipeline, chain);
}

void ReceiveChain::watch_decoder(GstElement* decoder, GstElement* sink) {
  add_probe(decoder, "sink", GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              GstEvent* event = GST_PAD_PROBE_INFO_EVENT(item);
              const auto self = weak.lock();
              if (self && GST_EVENT_TYPE(event) == GST_EVENT_GAP) self->note_loss(event);
              return GST_PAD_PROBE_OK;
            });
  // audioresample counts samples and passes no PTS on, so the time is taken ahead of it.
  add_probe(decoder, "src", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              if (self) self->decoded_time_ = GST_BUFFER_PTS(GST_PAD_PROBE_INFO_BUFFER(item));
              return GST_PAD_PROBE_OK;
            });
  add_probe(sink, "sink", GST_PAD_PROBE_TYPE_BUFFER,
            [weak = weak_from_this()](GstPad*, GstPadProbeInfo* item) {
              if (const auto self = weak.lock()) self->deliver(GST_PAD_PROBE_INFO_BUFFER(item));
              return GST_PAD_PROBE_OK;
            });
}

void ReceiveChain::add_pad(GstPad* pad) {
  add_probe(pad,
            GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_BUFFER_LIST |
                GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM,
            [weak = weak_from_this()](GstPad* from, GstPadProbeInfo* item) {
              const auto self = weak.lock();
              const bool ours = self && self->current_ == from && self->open_;
              if ((item->type & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) == 0) {
                return ours ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
              }
              // A stream's end is not that of the call: another follows (transfer, hold music).
              const bool end = GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(item)) == GST_EVENT_EOS;
              return end ? GST_PAD_PROBE_DROP : GST_PAD_PROBE_OK;
            });
  const std::lock_guard lock(link_mutex_);
  current_ = pad;
  if (const auto old = Ref<GstPad>::adopt(gst_pad_get_peer(entry_.get()))) {
    gst_pad_unlink(old.get(), entry_.get());
  }
  new_stream_ = true;
  if (gst_pad_link(pad, entry_.get()) != GST_PAD_LINK_OK) {
    RC_LOG(kMedia, WARNING, "a stream of the peer has a form that was not agreed on");
    current_ = nullptr;
  }
}

void ReceiveChain::note_loss(GstEvent* event) {
  GstClockTime time = 0, duration = 0;
  gst_event_parse_gap(event, &time, &duration);
  if (!GST_CLOCK_TIME_IS_VALID(duration)) return;
  if (time > lost_until_ || time < lost_from_) lost_from_ = time;
  lost_until_ = time + duration;
}

bool ReceiveChain::is_concealed(GstClockTime time) const {
  return time >= lost_from_ && time < lost_until_;
}

void ReceiveChain::deliver(GstBuffer* buffer) {
  if (!open_) return;
  if (first_audio_ == 0) first_audio_ = g_get_monotonic_time();
  const auto receiver = options_.ports->receiver();
  const GstClockTime time = decoded_time_;
  GstMapInfo map;
  if (!receiver || !GST_CLOCK_TIME_IS_VALID(time)) return;
  if (gst_buffer_map(buffer, &map, GST_MAP_READ) == FALSE) return;
  call::AudioBlock block{};
  block.samples = {reinterpret_cast<const int16_t*>(map.data), map.size / sizeof(int16_t)};
  block.time = std::chrono::nanoseconds(time) + options_.base_time;
  block.new_stream = new_stream_.exchange(false);
  block.concealed = is_concealed(time);
  receiver->on_audio(block);
  gst_buffer_unmap(buffer, &map);
}

}  // namespace rc::media
