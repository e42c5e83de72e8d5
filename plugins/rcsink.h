// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstbasesink.h>

G_BEGIN_DECLS

#define GST_TYPE_RC_SINK (gst_rc_sink_get_type())
G_DECLARE_FINAL_TYPE(GstRcSink, gst_rc_sink, GST, RC_SINK, GstBaseSink)

G_END_DECLS
