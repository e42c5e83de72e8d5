// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/http.h"

#include "core/text.h"

namespace rc::rest {

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignore_case(key, name)) return value;
  }
  return "";
}

}  // namespace rc::rest
