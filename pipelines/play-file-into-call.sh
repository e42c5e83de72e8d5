#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Plays a sound file to the next caller and records the answer:
#   play-file-into-call.sh <file> [recording.wav]
# The file begins when the caller can hear it. Ends when the caller has hung up.
file="${1:?which sound file shall be played?}"
exec gst-launch-1.0 -e \
  rcsrc num-calls=1 idle=none ! wavenc ! filesink location="${2:-call.wav}" \
  filesrc location="$file" ! decodebin ! audioconvert ! rcsink
