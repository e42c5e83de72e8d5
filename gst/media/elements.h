// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "core/ref.h"
#include "core/result.h"

namespace rc::media {

// Makes an element or says which one is missing (Errc::kConfig).
Result<Ref<GstElement>> make_element(const char* factory);

using Chain = std::vector<Ref<GstElement>>;

// Makes elements in turn: a name is a factory, "audio/..." a capsfilter.
Result<Chain> make_chain(const std::vector<std::string>& names);

// Adds the elements to a running bin where they are not in it yet, links them in this order and
// brings them to its state, last one first, so that no data meets an element that is not ready.
Result<void> start_chain(GstBin* bin, const Chain& chain);

// Calls `probe` for each item of the given types; it returns what becomes of the item. The probe
// owns what it captures and lives as long as the pad. Thread: the one that pushes.
using PadProbe = std::function<GstPadProbeReturn(GstPad*, GstPadProbeInfo*)>;
void add_probe(GstPad* pad, GstPadProbeType types, PadProbe probe);
void add_probe(GstElement* element, const char* pad, GstPadProbeType types, PadProbe probe);

constexpr GstPadProbeType operator|(GstPadProbeType a, GstPadProbeType b) {
  return static_cast<GstPadProbeType>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}

// Connects with a copy of `data`, which lives as long as the connection: until the instance goes.
template <typename Data>
void connect_signal(gpointer instance, const char* signal, GCallback callback, const Data& data) {
  g_signal_connect_data(
      instance, signal, callback, new Data(data),
      [](gpointer owned, GClosure*) { delete static_cast<Data*>(owned); }, GConnectFlags(0));
}

}  // namespace rc::media
