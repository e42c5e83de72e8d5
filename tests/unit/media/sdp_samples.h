// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

namespace rc::media::test {

// Whether ../shared/protocol/samples is there.
bool have_samples();
// A file of its folder sdp.
std::string sample(const std::string& name);

// What Chromium 120 and later offers for audio, shortened.
extern const std::string kChromiumOffer;

std::string replaced(std::string text, const std::string& what, const std::string& with);

// A digest of so many bytes, all 7F.
std::string digest(size_t bytes);

}  // namespace rc::media::test
