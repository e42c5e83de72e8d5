// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "core/result.h"
#include "phone/phone.h"

namespace rc::phone {

// The settings with all that goes into a header or a URL in its proper form: the caller id is
// digits alone. kConfig names the setting that cannot go there; the credentials have their own
// check.
Result<Settings> check_settings(Settings settings);

}  // namespace rc::phone
