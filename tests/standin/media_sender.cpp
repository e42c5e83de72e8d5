// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_sender.h"

#include <atomic>
#include <sstream>
#include <utility>

#include "media_gst.h"
#include "media_tap.h"

namespace standin::media {
namespace {

constexpr int kPacketSamples = kAudioRate * 20 / 1000;

std::string description(const AgreedFormats& formats) {
  // Perfect RTP time counts octets: after a pause it would go on as if there had been none.
  static constexpr std::string_view kChains[] = {
      "opusenc bitrate=32000 inband-fec=true ! rtpopuspay",
      "audioresample ! audio/x-raw,rate=8000 ! mulawenc ! rtppcmupay perfect-rtptime=false",
      "audioresample ! audio/x-raw,rate=8000 ! alawenc ! rtppcmapay perfect-rtptime=false"};
  std::ostringstream out;
  out << "audiotestsrc name=source is-live=true wave=silence samplesperbuffer=" << kPacketSamples
      << " ! audio/x-raw,format=S16LE,rate=" << kAudioRate << ",channels=1,layout=interleaved ! "
      << kChains[static_cast<int>(formats.codec)] << " name=pay pt=" << formats.payload;
  return out.str();
}

// audiotestsrc gives time stamps and pace; the sound is written over its silence.
void speak(GstPadProbeInfo* info, const Sender::Fill& fill, std::atomic<bool>& wanted) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) return;
  wanted = fill({reinterpret_cast<std::int16_t*>(map.data), map.size / 2});
  gst_buffer_unmap(buffer, &map);
}

void rewrite(GstPadProbeInfo* info, GstPad* pad, PacketRewriter& rewriter) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  rewriter.rewrite(pad, buffer);
}

GstElement* make_chain(const AgreedFormats& formats, std::string& error) {
  GError* problem = nullptr;
  GstElement* chain = gst_parse_bin_from_description(description(formats).c_str(), TRUE, &problem);
  if (problem == nullptr) return chain;
  error = problem->message;
  g_error_free(problem);
  return chain;
}

GstPtr<GstPad> pad_of(GstElement* chain, const char* element, const char* pad) {
  GstPtr<GstElement> child(gst_bin_get_by_name(GST_BIN(chain), element));
  return GstPtr<GstPad>(gst_element_get_static_pad(child.get(), pad));
}

// What is not wanted is dropped between encoder and payloader: sequence numbers stay whole, and the
// encoder runs on (stopped, opusenc gives its look-ahead of 6.5 ms out at the resumption, with the
// time stamp of the interruption).
void add_probes(GstElement* chain, Sender::Fill fill, std::shared_ptr<PacketRewriter> rewriter) {
  auto raw = pad_of(chain, "source", "src");
  auto encoded = pad_of(chain, "pay", "sink");
  auto packed = pad_of(chain, "pay", "src");
  auto wanted = std::make_shared<std::atomic<bool>>(false);
  add_probe(raw.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [fill = std::move(fill), wanted](GstPadProbeInfo* info) {
              speak(info, fill, *wanted);
              return GST_PAD_PROBE_OK;
            });
  add_probe(encoded.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [wanted](GstPadProbeInfo*) { return *wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP; });
  add_probe(packed.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [rewriter = std::move(rewriter), pad = packed.get()](GstPadProbeInfo* info) {
              rewrite(info, pad, *rewriter);
              return GST_PAD_PROBE_OK;
            });
}

}  // namespace

std::unique_ptr<Sender> Sender::create(GstBin* pipeline, GstPad* sink, const AgreedFormats& formats,
                                       Fill fill, std::string& error) {
  GstElement* chain = make_chain(formats, error);
  if (chain == nullptr) return nullptr;
  auto sender = std::make_unique<Sender>();
  sender->rewriter_ = std::make_shared<PacketRewriter>(formats.telephone_event);
  add_probes(chain, std::move(fill), sender->rewriter_);
  gst_bin_add(pipeline, chain);
  GstPtr<GstPad> out(gst_element_get_static_pad(chain, "src"));
  if (gst_pad_link(out.get(), sink) != GST_PAD_LINK_OK) error = "webrtcbin refuses the codec";
  gst_element_sync_state_with_parent(chain);
  return sender;
}

}  // namespace standin::media
