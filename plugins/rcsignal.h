// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <memory>

#include "phone/phone.h"

G_BEGIN_DECLS

#define GST_TYPE_RC_SIGNAL (gst_rc_signal_get_type())
G_DECLARE_FINAL_TYPE(GstRcSignal, gst_rc_signal, GST, RC_SIGNAL, GstElement)

G_END_DECLS

// Its phone, from READY on; before that kConfig. Any thread.
rc::Result<std::shared_ptr<rc::phone::Phone>> gst_rc_signal_phone(GstRcSignal* signal);
