#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Calls a number, plays a sound file to who answers, and records the answer:
#   dial-and-play.sh <number> <file> [recording.wav]
# The file begins when the other end can hear it. Ends when it has hung up, or when it is busy.
number="${1:?which number shall be called, such as +12025550100?}"
file="${2:?which sound file shall be played?}"
exec gst-launch-1.0 -e \
  rcsrc dial="$number" num-calls=1 idle=none ! wavenc ! filesink location="${3:-answer.wav}" \
  filesrc location="$file" ! decodebin ! audioconvert ! rcsink
