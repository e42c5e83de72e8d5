#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# Records every call, several at a time, each into a file of its own: record-every-call.sh [folder]
# The names are such as 20261128-013000_+12025550166_c-6k2mb1xq0z4d.wav (UTC, caller, call id).
# Ctrl-C hangs up and finishes the files.
exec gst-launch-1.0 -e rcsignal \
  call-bin="rcsrc idle=none ! wavenc ! filesink location=${1:-.}/%{time}_%{from}_%{id}.wav"
