// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

#include <vector>

#include "core/ref.h"

namespace rc {

// All elements of a type in a bin and the bins in it. Any thread.
inline std::vector<Ref<GstElement>> elements_of_type(GstElement* bin, GType type) {
  std::vector<Ref<GstElement>> all;
  if (!GST_IS_BIN(bin)) return all;
  GstIterator* elements = gst_bin_iterate_recurse(GST_BIN(bin));
  gst_iterator_foreach(
      elements,
      [](const GValue* value, gpointer data) {
        static_cast<std::vector<Ref<GstElement>>*>(data)->push_back(
            Ref<GstElement>::share(GST_ELEMENT(g_value_get_object(value))));
      },
      &all);
  gst_iterator_free(elements);
  std::erase_if(all,
                [type](const auto& it) { return !G_TYPE_CHECK_INSTANCE_TYPE(it.get(), type); });
  return all;
}

}  // namespace rc
