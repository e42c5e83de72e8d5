// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

namespace rc::call {

// How good a call sounds, estimated from numbers: ITU-T G.107 (E-model), simplified as for planning
// with its default values, for a headset without echo:
//
//   R = 93.2 - Idd(Ta) - Ie,eff          93.2: G.107's R with all its defaults
//   Idd    = 0 up to 100 ms, then 25 ((1 + X^6)^1/6 - 3 (1 + (X/3)^6)^1/6 + 2), X = log2(Ta/100 ms)
//   Ie,eff = Ie + (95 - Ie) Ppl / (Ppl + Bpl)        losses at random (BurstR = 1), Ppl in percent
//   MOS    = 1 + 0.035 R + R (R - 60) (100 - R) 7e-6 G.107 Annex B, between 1 and 4.5
//
// G.711 with concealment: Ie = 0, Bpl = 25.1 (G.113 Appendix I). G.113 has no value for Opus: it
// gets the same, which is no better than it deserves.
struct VoiceQuality {
  double r = 0;    // 0..100
  double mos = 1;  // 1..4.5, as RFC 3611's MOS-CQ
};

// `loss`: the share of the audio that did not come or came too late, 0..1.
// `delay`: Ta, one way from mouth to ear.
VoiceQuality estimate_quality(double loss, std::chrono::nanoseconds delay);

double mos_of_r(double r);

}  // namespace rc::call
