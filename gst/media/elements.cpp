// SPDX-License-Identifier: LGPL-2.1-or-later
#include "media/elements.h"

#include <string>

namespace rc::media {
namespace {

GstPadProbeReturn call_probe(GstPad* pad, GstPadProbeInfo* information, gpointer probe) {
  return (*static_cast<PadProbe*>(probe))(pad, information);
}

void delete_probe(gpointer probe) { delete static_cast<PadProbe*>(probe); }

}  // namespace

Result<Ref<GstElement>> make_element(const char* factory) {
  auto element = Ref<GstElement>::sink(gst_element_factory_make(factory, nullptr));
  if (element) return element;
  return Error{Errc::kConfig, std::string("the GStreamer element ") + factory +
                                  " is missing: install the GStreamer base, good and bad "
                                  "plugins and gstreamer1.0-nice"};
}

namespace {

Result<Ref<GstElement>> make_filter(const char* caps) {
  auto filter = make_element("capsfilter");
  if (!filter.ok()) return filter;
  const Owned<GstCaps> parsed(gst_caps_from_string(caps));
  g_object_set(filter.value().get(), "caps", parsed.get(), nullptr);
  return filter;
}

}  // namespace

Result<Chain> make_chain(const std::vector<std::string>& names) {
  Chain chain;
  for (const std::string& it : names) {
    auto element = it.starts_with("audio/") ? make_filter(it.c_str()) : make_element(it.c_str());
    if (!element.ok()) return element.error();
    chain.push_back(std::move(element.value()));
  }
  return chain;
}

Result<void> start_chain(GstBin* bin, const Chain& chain) {
  for (const auto& element : chain) {
    if (GST_OBJECT_PARENT(element.get()) == nullptr) gst_bin_add(bin, element.get());
  }
  for (size_t i = 1; i < chain.size(); ++i) {
    if (gst_element_link(chain[i - 1].get(), chain[i].get()) == FALSE) {
      return Error{Errc::kInternal, "the audio chain cannot be linked"};
    }
  }
  for (size_t i = chain.size(); i-- > 0;) {
    if (gst_element_sync_state_with_parent(chain[i].get()) == FALSE) {
      return Error{Errc::kInternal, "the audio chain does not start"};
    }
  }
  return {};
}

void add_probe(GstPad* pad, GstPadProbeType types, PadProbe probe) {
  gst_pad_add_probe(pad, types, call_probe, new PadProbe(std::move(probe)), delete_probe);
}

void add_probe(GstElement* element, const char* pad, GstPadProbeType types, PadProbe probe) {
  const auto found = Ref<GstPad>::adopt(gst_element_get_static_pad(element, pad));
  add_probe(found.get(), types, std::move(probe));
}

}  // namespace rc::media
