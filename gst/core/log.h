// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <string>

#include "core/redact.h"

// GST_DEBUG categories, one a layer: GST_DEBUG=rc*:5 tells a call's story.
//   ERROR the element stops, WARNING a call or the registration suffers, INFO one line per life
//   event, DEBUG decisions, LOG heads of messages, TRACE their full text.
namespace rc::log {

enum class Area { kRest, kSip, kCall, kMedia, kPhone };

GstDebugCategory* category(Area area);  // thread-safe, made at first use
void write(Area area, GstDebugLevel level, const char* file, const char* function, int line,
           const std::string& text);  // redacts

}  // namespace rc::log

// RC_LOG(kSip, INFO, "registered for " + text): the text is built only when somebody listens.
#define RC_LOG(area, level, text)                                                              \
  do {                                                                                         \
    if (GST_LEVEL_##level <= _gst_debug_min &&                                                 \
        GST_LEVEL_##level <=                                                                   \
            gst_debug_category_get_threshold(::rc::log::category(::rc::log::Area::area)))      \
      ::rc::log::write(::rc::log::Area::area, GST_LEVEL_##level, __FILE__, __func__, __LINE__, \
                       (text));                                                                \
  } while (false)
