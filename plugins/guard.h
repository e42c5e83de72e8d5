// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <utility>

#include "core/guard.h"

namespace rc {

// As core/guard.h, for a callback of an element: after an exception the element posts an ERROR.
template <typename T, typename Body>
T guard(GstElement* element, T on_exception, Body body) {
  const auto result = guard(std::move(body));
  if (result.ok()) return result.value();
  GST_ELEMENT_ERROR(element, LIBRARY, FAILED, ("%s", result.error().message.c_str()), (nullptr));
  return on_exception;
}

}  // namespace rc
