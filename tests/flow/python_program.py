#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A Python application with bad manners, for python_signals.py. Prints one JSON list a line.

Of the callers +1202555016x 1 makes each handler throw, 2 makes call-received sleep, and with the end
of a call of 9 it ends. With numbers as arguments it dials them instead, one after the other, hangs up
what is answered, and asks for what cannot be.
"""
import json
import sys
import threading
import time

import gi
gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

CALLER = "+1202555016"
kept = []
registered, answered, done = threading.Event(), threading.Event(), threading.Event()


def tell(*what):
    print(json.dumps(what), flush=True)


def handler(name):
    def handle(line, structure):
        kept.append(structure.copy())  # the structure itself is gone when this returns
        caller = structure.get_string("from") or ""
        tell(name, caller, structure.get_string("state"), threading.current_thread() is main)
        if caller == CALLER + "1":
            raise ValueError(name + " throws")
        if caller == CALLER + "2" and name == "call-received":
            time.sleep(0.3)
        state = structure.get_string("state")
        if state == "registered":
            registered.set()
        if state == "connected":
            answered.set()
        if caller == CALLER + "9" and name == "call-ended":
            done.set()
    return handle


def act(action, argument):
    """What came of an action: None, or the error."""
    promise = Gst.Promise.new()
    value = line.emit(action, argument, promise)
    promise.wait()
    reply = promise.get_reply()
    tell(action, value, reply and reply.get_value("error").message)
    return value


def throw(promise):
    tell("promise")
    raise ValueError("a promise throws")


def listen(bus):
    while not done.is_set():
        message = bus.timed_pop_filtered(Gst.SECOND // 10, Gst.MessageType.WARNING)
        if message:
            tell("warning", message.parse_warning()[0].message)


def dial(numbers):
    for number in numbers:
        answered.clear()
        call_id = act("dial", number)
        if answered.wait(10):
            act("hangup", call_id)
    act("answer", "c-nobody")
    line.emit("decline", "c-nobody", Gst.Promise.new_with_change_func(throw))
    act("hangup", "c-nobody")


main = threading.current_thread()
Gst.init(None)
pipeline = Gst.parse_launch("rcsignal name=line rcsrc ! fakesink")
line = pipeline.get_by_name("line")
for signal in ("registration-changed", "call-received", "call-changed", "call-ended"):
    line.connect(signal, handler(signal))
pipeline.set_state(Gst.State.PLAYING)
registered.wait(10)
if sys.argv[1:]:
    dial(sys.argv[1:])
else:
    listen(pipeline.get_bus())
tell("kept", [structure.get_string("state") for structure in kept])
pipeline.set_state(Gst.State.NULL)
tell("end")
