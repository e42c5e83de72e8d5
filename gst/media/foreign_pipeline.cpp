// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/foreign_pipeline.h"

#include <algorithm>

#include "media/rtp_caps.h"

namespace rc::media {
namespace {

std::vector<Ref<GstElement>> children_of(GstElement* bin) {
  std::vector<Ref<GstElement>> found;
  if (bin == nullptr || !GST_IS_BIN(bin)) return found;
  GstIterator* it = gst_bin_iterate_elements(GST_BIN(bin));
  const auto add = [](const GValue* item, gpointer list) {
    static_cast<std::vector<Ref<GstElement>>*>(list)->push_back(
        Ref<GstElement>::share(GST_ELEMENT(g_value_get_object(item))));
  };
  while (gst_iterator_foreach(it, add, &found) == GST_ITERATOR_RESYNC) {
    found.clear();
    gst_iterator_resync(it);
  }
  gst_iterator_free(it);
  return found;
}

// A pad that waits for one of webrtcbin's, and what it takes.
struct Waiting {
  Ref<GstPad> pad;
  std::vector<Codec> codecs;
};

std::vector<Codec> codecs_of(GstPad* sink) {
  std::vector<Codec> found;
  const Owned<GstCaps> caps(gst_pad_query_caps(sink, nullptr));
  if (gst_caps_is_any(caps.get()) == TRUE) return found;
  for (const CodecInfo& it : codecs()) {
    if (gst_caps_can_intersect(caps.get(), rtp_caps(it.codec).get()) == TRUE)
      found.push_back(it.codec);
  }
  return found;
}

std::vector<Waiting> waiting_for(GstElement* webrtcbin) {
  std::vector<Waiting> found;
  const auto bin =
      Ref<GstElement>::adopt(GST_ELEMENT(gst_object_get_parent(GST_OBJECT(webrtcbin))));
  for (const auto& element : children_of(bin.get())) {
    if (element.get() == webrtcbin) continue;
    for (auto& pad : pads_of(element.get(), GST_PAD_SINK)) {
      if (gst_pad_is_linked(pad.get()) == TRUE) continue;
      auto taken = codecs_of(pad.get());
      if (!taken.empty()) found.push_back({std::move(pad), std::move(taken)});
    }
  }
  return found;
}

// What nothing has ever come into: a stream must have begun before it ends.
void end_empty_stream(GstPad* sink) {
  GstSegment segment;
  gst_segment_init(&segment, GST_FORMAT_TIME);
  gst_pad_send_event(sink, gst_event_new_stream_start("ringcentral"));
  gst_pad_send_event(sink, gst_event_new_segment(&segment));
  gst_pad_send_event(sink, gst_event_new_eos());
}

void end_now(GstElement* webrtcbin, gpointer) {
  for (const auto& pad : pads_of(webrtcbin, GST_PAD_SRC))
    gst_pad_push_event(pad.get(), gst_event_new_eos());
  for (const Waiting& it : waiting_for(webrtcbin)) end_empty_stream(it.pad.get());
  gst_element_post_message(webrtcbin, gst_message_new_eos(GST_OBJECT(webrtcbin)));
}

}  // namespace

std::vector<Ref<GstPad>> pads_of(GstElement* element, GstPadDirection direction) {
  std::vector<Ref<GstPad>> found;
  GST_OBJECT_LOCK(element);
  const GList* it = direction == GST_PAD_SRC ? element->srcpads : element->sinkpads;
  for (; it != nullptr; it = it->next) found.push_back(Ref<GstPad>::share(GST_PAD(it->data)));
  GST_OBJECT_UNLOCK(element);
  return found;
}

std::vector<Codec> codecs_behind(GstElement* webrtcbin) {
  const auto waiting = waiting_for(webrtcbin);
  std::vector<Codec> found;
  for (const CodecInfo& it : codecs()) {
    const bool taken = std::any_of(waiting.begin(), waiting.end(), [&](const Waiting& pad) {
      return std::find(pad.codecs.begin(), pad.codecs.end(), it.codec) != pad.codecs.end();
    });
    if (taken || waiting.empty()) found.push_back(it.codec);
  }
  return found;
}

void end_streams(GstElement* webrtcbin) {
  gst_element_call_async(webrtcbin, end_now, nullptr, nullptr);
}

}  // namespace rc::media
