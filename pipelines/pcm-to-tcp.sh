#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Serves what callers say as raw PCM (16 bit, little endian, 16 kHz, mono) on TCP:
#   pcm-to-tcp.sh [port]      then, for example:  nc 127.0.0.1 5000 | aplay -f S16_LE -r 16000
# Silence between calls, so that a reader's clock never stops. Ctrl-C ends it.
exec gst-launch-1.0 -e rcsrc ! audio/x-raw,rate=16000 ! \
  tcpserversink host=127.0.0.1 port="${1:-5000}" sync=false
