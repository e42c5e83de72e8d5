#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Takes one call on a webrtcbin of its own: says a tone, records what the caller says.
# usage: own-webrtcbin.sh [<file>]        (default: call.wav)
exec gst-launch-1.0 -e rcsignal webrtc=w webrtcbin name=w bundle-policy=max-bundle \
  audiotestsrc is-live=true volume=0.2 ! opusenc ! rtpopuspay ! w. \
  w. ! rtpopusdepay ! opusdec plc=true use-inband-fec=true ! wavenc ! filesink location="${1:-call.wav}"
