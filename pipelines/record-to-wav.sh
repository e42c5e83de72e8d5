#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records the next call into a WAV file: record-to-wav.sh [file]
# Answers it, and ends when the caller has hung up; Ctrl-C hangs up and finishes the file.
exec gst-launch-1.0 -e rcsrc num-calls=1 idle=none ! wavenc ! filesink location="${1:-call.wav}"
