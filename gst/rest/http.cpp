// SPDX-License-Identifier: LGPL-2.1-or-later
#include "rest/http.h"

#include <libsoup/soup.h>

#include "core/text.h"

namespace rc::rest {

std::string_view HttpResponse::header(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (equals_ignore_case(key, name)) return value;
  }
  return "";
}

std::optional<int64_t> http_date(const std::string& text) {
  GDateTime* date = soup_date_time_new_from_http_string(text.c_str());
  if (date == nullptr) return std::nullopt;
  const int64_t seconds = g_date_time_to_unix(date);
  g_date_time_unref(date);
  return seconds;
}

}  // namespace rc::rest
