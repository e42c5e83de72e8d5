// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/base/gstpushsrc.h>

#include <string>

G_BEGIN_DECLS

#define GST_TYPE_RC_SRC (gst_rc_src_get_type())
G_DECLARE_FINAL_TYPE(GstRcSrc, gst_rc_src, GST, RC_SRC, GstPushSrc)

G_END_DECLS

// The id of its seat, by which an rcsink speaks into the same call. Any thread.
const std::string& gst_rc_src_seat(GstRcSrc* src);
