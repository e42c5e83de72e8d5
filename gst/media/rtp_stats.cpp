// SPDX-License-Identifier: LGPL-2.1-or-later
// RTPSession gives a GValueArray, in all of GStreamer 1; GLib has deprecated it.
#define GLIB_DISABLE_DEPRECATION_WARNINGS
#include "media/rtp_stats.h"

#include "core/ref.h"

namespace rc::media {
namespace {

Owned<GstStructure> stats_of(gpointer object) {
  GstStructure* stats = nullptr;
  g_object_get(object, "stats", &stats, nullptr);
  return Owned<GstStructure>(stats);
}

// In the report block about us, in 1/65536 s (RFC 3550 4); 0 = none yet.
guint round_trip_of(const GstStructure* source) {
  gboolean reported = FALSE;
  guint round_trip = 0;
  if (gst_structure_get(source, "have-rb", G_TYPE_BOOLEAN, &reported, "rb-round-trip", G_TYPE_UINT,
                        &round_trip, nullptr) == FALSE) {
    return 0;
  }
  return reported == TRUE ? round_trip : 0;
}

guint round_trip_of_sources(const GstStructure* session) {
  const GValue* field = gst_structure_get_value(session, "source-stats");
  if (field == nullptr || !G_VALUE_HOLDS(field, G_TYPE_VALUE_ARRAY)) return 0;
  const auto* sources = static_cast<const GValueArray*>(g_value_get_boxed(field));
  guint round_trip = 0;
  for (guint i = 0; sources != nullptr && i < sources->n_values; ++i) {
    const GValue* value = g_value_array_get_nth(const_cast<GValueArray*>(sources), i);
    const guint found = round_trip_of(gst_value_get_structure(value));
    if (found != 0) round_trip = found;
  }
  return round_trip;
}

}  // namespace

void add_jitterbuffer_stats(GstElement* jitterbuffer, call::MediaStats& stats) {
  const auto counted = stats_of(jitterbuffer);
  guint64 lost = 0, jitter = 0;
  if (!counted) return;
  gst_structure_get(counted.get(), "num-lost", G_TYPE_UINT64, &lost, nullptr);
  gst_structure_get(counted.get(), "avg-jitter", G_TYPE_UINT64, &jitter, nullptr);
  stats.packets_lost = lost;
  stats.jitter_ms = static_cast<double>(jitter) / static_cast<double>(GST_MSECOND);
}

void add_rtcp_stats(GstElement* webrtcbin, call::MediaStats& stats) {
  const auto rtpbin = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"));
  GObject* session = nullptr;
  if (rtpbin) g_signal_emit_by_name(rtpbin.get(), "get-internal-session", 0U, &session);
  const auto owned = Ref<GObject>::adopt(session);
  if (!owned) return;
  if (const auto counted = stats_of(session)) {
    stats.round_trip_ms = round_trip_of_sources(counted.get()) * 1000.0 / 65536.0;
  }
}

}  // namespace rc::media
