// SPDX-License-Identifier: LGPL-2.1-or-later
#include "playout_listener.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <complex>
#include <numbers>

#include "playout_rig.h"

namespace rc::media::testing {
namespace {

using Complex = std::complex<double>;
constexpr double kTwoPi = 2 * std::numbers::pi;

// The tone's complex amplitude in the window, relative to a tone that started at sample 0.
Complex demodulate(std::span<const std::int16_t> heard, std::size_t from, std::size_t to,
                   double cycles_per_sample) {
  Complex sum = 0;
  for (std::size_t i = from; i < to; ++i) {
    const double hann =
        1 - std::cos(kTwoPi * static_cast<double>(i - from) / static_cast<double>(to - from));
    sum += hann * heard[i] * std::polar(1.0, -kTwoPi * cycles_per_sample * static_cast<double>(i));
  }
  return sum;
}

void fft(std::vector<Complex>& x) {
  if (x.size() == 1) return;
  std::vector<Complex> even(x.size() / 2);
  std::vector<Complex> odd(x.size() / 2);
  for (std::size_t i = 0; i < even.size(); ++i) {
    even[i] = x[2 * i];
    odd[i] = x[2 * i + 1];
  }
  fft(even);
  fft(odd);
  for (std::size_t i = 0; i < even.size(); ++i) {
    const Complex turned =
        std::polar(1.0, -kTwoPi * static_cast<double>(i) / static_cast<double>(x.size())) * odd[i];
    x[i] = even[i] + turned;
    x[i + even.size()] = even[i] - turned;
  }
}

bool is_near_harmonic(double frequency, double tone) {
  const double harmonic = std::max(1.0, std::round(frequency / tone)) * tone;
  return std::abs(frequency - harmonic) <= 60;
}

}  // namespace

double worst_misalignment(std::span<const std::int16_t> heard, int rate,
                          const std::function<double(double)>& spoken_at) {
  const auto border = static_cast<std::size_t>(rate / 100);
  std::size_t run = 0;  // samples of the code up to here
  double worst = 0;
  for (std::size_t i = 0; i < heard.size(); ++i) {
    run = time_of_code(heard[i]) < 0 ? 0 : run + 1;
    if (run <= 2 * border) continue;
    const std::size_t middle = i - border;
    const double carried = time_of_code(heard[middle]);
    if (carried < 0.05 || carried > 1.95) continue;  // the saw's jump
    const double error = carried - spoken_at(static_cast<double>(middle) / rate);
    worst = std::max(worst, std::abs(std::remainder(error, 2.0)));
  }
  return worst;
}

std::vector<double> frequency_errors(std::span<const std::int16_t> heard, int rate,
                                     double frequency) {
  const auto window = static_cast<std::size_t>(rate / 10);
  std::vector<double> errors;
  Complex before = 0;
  for (std::size_t from = 0; from + window <= heard.size(); from += window) {
    const Complex now = demodulate(heard, from, from + window, frequency / rate);
    if (from > 0) errors.push_back(std::arg(now * std::conj(before)) / kTwoPi * 10 / frequency);
    before = now;
  }
  return errors;
}

double purity(std::span<const std::int16_t> heard, int rate, double frequency) {
  const auto window = static_cast<std::size_t>(rate * 2 / 5);
  std::vector<Complex> x(std::bit_ceil(window));
  for (std::size_t i = 0; i < window; ++i)
    x[i] = heard[i] * (1 - std::cos(kTwoPi * static_cast<double>(i) / static_cast<double>(window)));
  fft(x);
  double tone = 0;
  double other = 1e-9;
  for (std::size_t bin = 0; bin < x.size() / 2; ++bin) {
    const double at = static_cast<double>(bin) * rate / static_cast<double>(x.size());
    double& strongest = is_near_harmonic(at, frequency) ? tone : other;
    strongest = std::max(strongest, std::abs(x[bin]));
  }
  return 20 * std::log10(tone / other);
}

}  // namespace rc::media::testing
