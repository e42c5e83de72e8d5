// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/log.h"

#include <array>

namespace rc::log {
namespace {

GstDebugCategory* make(const char* name, const char* description) {
  return _gst_debug_category_new(name, 0, description);
}

}  // namespace

GstDebugCategory* category(Area area) {
  static const std::array<GstDebugCategory*, 5> categories = {
      make("rcrest", "RingCentral: HTTPS API"), make("rcsip", "RingCentral: SIP"),
      make("rccall", "RingCentral: calls"), make("rcmedia", "RingCentral: media sessions"),
      make("rcphone", "RingCentral: log in, registration, recovery")};
  return categories[static_cast<size_t>(area)];
}

void write(Area area, GstDebugLevel level, const char* file, const char* function, int line,
           const std::string& text) {
  gst_debug_log(category(area), level, file, function, line, nullptr, "%s", redact(text).c_str());
}

}  // namespace rc::log
