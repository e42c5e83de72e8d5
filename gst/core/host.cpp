// SPDX-License-Identifier: LGPL-2.1-or-later
#include "core/host.h"

#include <gio/gio.h>

#include <string>

#include "core/ref.h"
#include "core/text.h"

namespace rc {

bool is_loopback(std::string_view host) {
  if (equals_ignore_case(host, "localhost")) return true;
  const auto address =
      Ref<GInetAddress>::adopt(g_inet_address_new_from_string(std::string(host).c_str()));
  return address && g_inet_address_get_is_loopback(address.get()) != FALSE;
}

}  // namespace rc
