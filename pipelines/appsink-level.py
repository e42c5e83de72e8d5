#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Hands what callers say to a program: prints how loud each second is. Ends with the first call.
A voice AI would read the same samples."""
import array
import math
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

RATE = 16000

Gst.init(None)
pipeline = Gst.parse_launch(
    f"rcsrc num-calls=1 idle=none ! audio/x-raw,rate={RATE} ! appsink name=sink sync=false")
sink, bus, error = pipeline.get_by_name("sink"), pipeline.get_bus(), None
pipeline.set_state(Gst.State.PLAYING)

second = array.array("h")
while not (error := bus.pop_filtered(Gst.MessageType.ERROR)) and not sink.get_property("eos"):
    sample = sink.emit("try-pull-sample", Gst.SECOND)  # 20 ms of mono audio, or None
    if not sample:
        continue
    buffer = sample.get_buffer()
    second.frombytes(buffer.extract_dup(0, buffer.get_size()))
    if len(second) >= RATE:
        power = sum(s * s for s in second) / len(second) / 32768**2
        print(f"{10 * math.log10(power + 1e-10):6.1f} dBFS", flush=True)
        second = array.array("h")

pipeline.set_state(Gst.State.NULL)
sys.exit(error and error.parse_error()[0].message)
