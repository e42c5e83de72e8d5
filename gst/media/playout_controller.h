// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

namespace rc::media {

// Turns the difference between where audio is and where its PTS says it belongs into a gentle
// change of speed. All times in seconds of audio; no clock.
//
// The error is low-passed (the PTS of a jittery stream wobbles by milliseconds) and worked off in
// proportion: 200 ppm of clock drift are held at 3 ms. The pitch never changes by more than
// 0.05 %, in the first 3 s of a stream, where the jitterbuffer is still finding its feet, 0.08 %:
// with 200 ppm between the two clocks a tone stays within 0.1 %.
class PlayoutController {
 public:
  // A new stream: nothing is known.
  void restart();

  // The audio was placed by its PTS: the error is 0.
  void clear_error();

  // The position was moved by a cut: positive = later.
  void moved(double seconds);

  // error = place by PTS - place by counting, for a block of the given length.
  // Positive: the audio plays too early.
  void observe(double error, double length);

  double error() const { return error_; }          // smoothed
  double recent_error() const { return recent_; }  // smoothed over less than a pause of speech

  // Relative change of speed, 0 when there is nothing worth correcting; positive = play faster.
  double correction() const;

 private:
  bool starting() const;

  double error_ = 0;
  double recent_ = 0;
  double age_ = 0;  // audio observed since restart()
};

}  // namespace rc::media
