// SPDX-License-Identifier: LGPL-2.1-or-later
// RTPSession gives a GValueArray, in all of GStreamer 1; GLib has deprecated it.
#define GLIB_DISABLE_DEPRECATION_WARNINGS
#include "media/rtp_stats.h"

#include <algorithm>
#include <optional>

#include "core/ref.h"

namespace rc::media {
namespace {

Owned<GstStructure> stats_of(gpointer object) {
  GstStructure* stats = nullptr;
  g_object_get(object, "stats", &stats, nullptr);
  return Owned<GstStructure>(stats);
}

// A source's report block about us (RFC 3550 6.4.1).
struct Report {
  guint jitter = 0;      // in units of the RTP clock
  guint round_trip = 0;  // in 1/65536 s; 0 = no sender report of ours was answered yet
  gint lost = 0;
};

std::optional<Report> report_of(const GstStructure* source) {
  gboolean reported = FALSE;
  Report report;
  if (gst_structure_get(source, "have-rb", G_TYPE_BOOLEAN, &reported, "rb-round-trip", G_TYPE_UINT,
                        &report.round_trip, "rb-jitter", G_TYPE_UINT, &report.jitter,
                        "rb-packetslost", G_TYPE_INT, &report.lost, nullptr) == FALSE) {
    return std::nullopt;
  }
  return reported == TRUE ? std::optional(report) : std::nullopt;
}

std::optional<Report> newest_report(const GstStructure* session) {
  const GValue* field = gst_structure_get_value(session, "source-stats");
  if (field == nullptr || !G_VALUE_HOLDS(field, G_TYPE_VALUE_ARRAY)) return std::nullopt;
  const auto* sources = static_cast<const GValueArray*>(g_value_get_boxed(field));
  std::optional<Report> newest;
  for (guint i = 0; sources != nullptr && i < sources->n_values; ++i) {
    const GValue* value = g_value_array_get_nth(const_cast<GValueArray*>(sources), i);
    const auto report = report_of(gst_value_get_structure(value));
    if (report && (!newest || report->round_trip != 0)) newest = report;
  }
  return newest;
}

}  // namespace

void add_rtcp_stats(GstElement* webrtcbin, int clock_rate, call::MediaStats& stats) {
  const auto rtpbin = Ref<GstElement>::adopt(gst_bin_get_by_name(GST_BIN(webrtcbin), "rtpbin"));
  GObject* session = nullptr;
  if (rtpbin) g_signal_emit_by_name(rtpbin.get(), "get-internal-session", 0U, &session);
  const auto owned = Ref<GObject>::adopt(session);
  if (!owned) return;
  const auto counted = stats_of(session);
  const auto report = counted ? newest_report(counted.get()) : std::nullopt;
  if (!report) return;
  stats.round_trip_ms = report->round_trip * 1000.0 / 65536.0;
  stats.remote_jitter_ms = report->jitter * 1000.0 / clock_rate;
  stats.remote_lost += static_cast<uint64_t>(std::max(report->lost, 0));
}

}  // namespace rc::media
