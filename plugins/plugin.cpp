// SPDX-License-Identifier: LGPL-2.1-or-later
#include <gst/gst.h>

#include "rcsignal.h"
#include "rcsink.h"
#include "rcsrc.h"

static gboolean plugin_init(GstPlugin* plugin) {
  return gst_element_register(plugin, "rcsignal", GST_RANK_NONE, GST_TYPE_RC_SIGNAL) &&
         gst_element_register(plugin, "rcsrc", GST_RANK_NONE, GST_TYPE_RC_SRC) &&
         gst_element_register(plugin, "rcsink", GST_RANK_NONE, GST_TYPE_RC_SINK);
}

GST_PLUGIN_DEFINE(GST_VERSION_MAJOR, GST_VERSION_MINOR, ringcentral,
                  "RingCentral phone calls as GStreamer pipelines", plugin_init, RC_VERSION, "LGPL",
                  "gst-ringcentral", "gst-ringcentral")
