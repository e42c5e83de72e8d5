// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace rc::media::testing {

// Measures what was heard. Times in s from the first sample.

// Largest distance (s) between the time that time_code() samples carry and the sender's time that
// belongs there. Border fades are left out.
double worst_misalignment(std::span<const std::int16_t> heard, int rate,
                          const std::function<double(double)>& spoken_at);

// Relative errors of a tone's frequency, one for each 0.1 s.
std::vector<double> frequency_errors(std::span<const std::int16_t> heard, int rate,
                                     double frequency);

// How far (dB) the strongest FFT bin further than 60 Hz from the tone and its harmonics lies below
// the tone, over 0.4 s (Hann window).
double purity(std::span<const std::int16_t> heard, int rate, double frequency);

}  // namespace rc::media::testing
