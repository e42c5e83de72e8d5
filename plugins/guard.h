// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <exception>

namespace rc {

// Runs the body of a C callback; no exception (bad_alloc, a fault of ours) passes into GStreamer's
// frames, which hold locks (measured: they stay locked). The element posts an ERROR instead.
template <typename T, typename Body>
T guard(GstElement* element, T on_exception, Body body) {
  try {
    return body();
  } catch (const std::exception& exception) {
    GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("internal error: %s", exception.what()),
                      (nullptr));
  } catch (...) {
    GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("internal error"), (nullptr));
  }
  return on_exception;
}

}  // namespace rc
