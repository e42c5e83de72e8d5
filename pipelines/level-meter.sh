#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Shows how loud the next caller is, by the messages of `level` on the bus: one line a second, such as
#    -15.0 dBFS  #########
# Ends with the first call.
gst-launch-1.0 -m -e rcsrc num-calls=1 idle=none ! level interval=1000000000 ! fakesink sync=false |
  awk 'match($0, /rms=\(GValueArray\)< *[-0-9.e+]+/) {
    rms = substr($0, RSTART, RLENGTH); sub(/.*< */, "", rms)
    rms += 0; if (rms < -99) rms = -99
    bar = ""; for (db = -60; db < rms; db += 5) bar = bar "#"
    printf "%6.1f dBFS  %s\n", rms, bar; fflush() }'
