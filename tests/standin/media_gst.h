// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Owners for what GStreamer hands out, and the few idioms the leg needs.
#pragma once

#include <gst/gst.h>

#include <functional>
#include <memory>
#include <string>

namespace standin::media {

struct GstUnref {
  void operator()(gpointer object) const { gst_object_unref(object); }
};
template <typename T>
using GstPtr = std::unique_ptr<T, GstUnref>;

struct GObjectUnref {
  void operator()(gpointer object) const { g_object_unref(object); }
};
template <typename T>
using GPtr = std::unique_ptr<T, GObjectUnref>;

struct CapsUnref {
  void operator()(GstCaps* caps) const { gst_caps_unref(caps); }
};
using CapsPtr = std::unique_ptr<GstCaps, CapsUnref>;

inline std::string string_property(gpointer object, const char* name) {
  gchar* value = nullptr;
  g_object_get(object, name, &value, nullptr);
  std::string out = value != nullptr ? value : "";
  g_free(value);
  return out;
}

// Deletes a heap-allocated closure; for GDestroyNotify and GClosureNotify.
template <typename T>
void delete_closure(gpointer closure) {
  delete static_cast<T*>(closure);
}
template <typename T>
void delete_signal_closure(gpointer closure, GClosure*) {
  delete static_cast<T*>(closure);
}

using BufferProbe = std::function<GstPadProbeReturn(GstPadProbeInfo*)>;

// The probe lives as long as the pad; it runs in the pad's streaming thread.
inline void add_probe(GstPad* pad, GstPadProbeType type, BufferProbe probe) {
  auto call = [](GstPad*, GstPadProbeInfo* info, gpointer data) {
    return (*static_cast<BufferProbe*>(data))(info);
  };
  gst_pad_add_probe(pad, type, call, new BufferProbe(std::move(probe)),
                    delete_closure<BufferProbe>);
}

}  // namespace standin::media
