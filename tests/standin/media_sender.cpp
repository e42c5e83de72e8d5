// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media_sender.h"

#include <sstream>
#include <utility>

#include "media_gst.h"
#include "media_tap.h"

namespace standin {
namespace {

constexpr int kPacketSamples = kAudioRate * 20 / 1000;

std::string description(const AgreedFormats& formats) {
  static constexpr std::string_view kChains[] = {
      "opusenc bitrate=32000 inband-fec=true ! rtpopuspay",
      "audioresample ! audio/x-raw,rate=8000 ! mulawenc ! rtppcmupay min-ptime=20000000 "
      "max-ptime=20000000",
      "audioresample ! audio/x-raw,rate=8000 ! alawenc ! rtppcmapay min-ptime=20000000 "
      "max-ptime=20000000"};
  std::ostringstream out;
  out << "audiotestsrc name=source is-live=true wave=silence samplesperbuffer=" << kPacketSamples
      << " ! audio/x-raw,format=S16LE,rate=" << kAudioRate << ",channels=1,layout=interleaved ! "
      << kChains[static_cast<int>(formats.codec)] << " name=pay pt=" << formats.payload;
  return out.str();
}

// audiotestsrc gives time stamps and pace; the sound is written over its silence. Withheld buffers
// are dropped here, before the payloader, so that sequence numbers stay whole.
GstPadProbeReturn speak(GstPadProbeInfo* info, const Sender::Fill& fill) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  GST_BUFFER_FLAG_UNSET(buffer, GST_BUFFER_FLAG_GAP);
  GstMapInfo map;
  if (!gst_buffer_map(buffer, &map, GST_MAP_WRITE)) return GST_PAD_PROBE_DROP;
  bool wanted = fill({reinterpret_cast<std::int16_t*>(map.data), map.size / 2});
  gst_buffer_unmap(buffer, &map);
  return wanted ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

void rewrite(GstPadProbeInfo* info, GstPad* pad, PacketRewriter& rewriter) {
  GstBuffer* buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
  GST_PAD_PROBE_INFO_DATA(info) = buffer;
  rewriter.rewrite(pad, buffer);
}

}  // namespace

std::unique_ptr<Sender> Sender::create(GstBin* pipeline, GstPad* sink, const AgreedFormats& formats,
                                       Fill fill, std::string& error) {
  GError* problem = nullptr;
  GstElement* chain = gst_parse_bin_from_description(description(formats).c_str(), TRUE, &problem);
  if (problem != nullptr) {
    error = problem->message;
    g_error_free(problem);
  }
  if (chain == nullptr) return nullptr;
  auto sender = std::make_unique<Sender>();
  sender->rewriter_ = std::make_shared<PacketRewriter>(formats.telephone_event);

  GstPtr<GstElement> source(gst_bin_get_by_name(GST_BIN(chain), "source"));
  GstPtr<GstElement> payloader(gst_bin_get_by_name(GST_BIN(chain), "pay"));
  GstPtr<GstPad> raw(gst_element_get_static_pad(source.get(), "src"));
  GstPtr<GstPad> packed(gst_element_get_static_pad(payloader.get(), "src"));
  add_probe(raw.get(), GST_PAD_PROBE_TYPE_BUFFER,
            [fill = std::move(fill)](GstPadProbeInfo* info) { return speak(info, fill); });
  auto type = GST_PAD_PROBE_TYPE_BUFFER;
  add_probe(packed.get(), type,
            [rewriter = sender->rewriter_, pad = packed.get()](GstPadProbeInfo* info) {
              rewrite(info, pad, *rewriter);
              return GST_PAD_PROBE_OK;
            });

  gst_bin_add(pipeline, chain);
  GstPtr<GstPad> out(gst_element_get_static_pad(chain, "src"));
  if (gst_pad_link(out.get(), sink) != GST_PAD_LINK_OK) {
    error = "webrtcbin refuses the codec";
    return nullptr;
  }
  gst_element_sync_state_with_parent(chain);
  return sender;
}

}  // namespace standin
