#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records the next call into an Ogg/Opus file, some 200 KB a minute less than WAV has:
#   record-to-opus.sh [file]
# Answers it, and ends when the caller has hung up; Ctrl-C hangs up and finishes the file.
exec gst-launch-1.0 -e rcsrc num-calls=1 idle=none ! \
  opusenc bitrate=24000 audio-type=voice ! oggmux ! filesink location="${1:-call.opus}"
