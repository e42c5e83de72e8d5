#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Records every call in a pipeline of its own, in a folder a caller; Ctrl-C hangs up and ends."""
import gi, pathlib, re, signal, sys
gi.require_version("Gst", "1.0")
from gi.repository import GLib, Gst

def on_call(line, call):  # on the line's thread: take out what is needed, and return at once
    GLib.idle_add(record, call.get_string("call-id"), call.get_string("from"))
    return True  # nobody else shall answer it

def record(call_id, caller):
    folder = pathlib.Path(re.sub(r"\D", "", caller) or "unknown")
    folder.mkdir(exist_ok=True)
    pipelines[call_id] = Gst.parse_launch(
        f"rcsrc call={call_id} idle=none ! wavenc ! filesink location={folder}/{call_id}.wav")
    play(pipelines[call_id], finish, call_id)

def play(pipeline, on_end, *data):
    bus = pipeline.get_bus()
    bus.add_signal_watch()
    bus.connect("message::eos", on_end, *data)
    bus.connect("message::error", on_end, *data)
    pipeline.set_state(Gst.State.PLAYING)

def finish(bus, message, call_id):
    bus.remove_signal_watch()
    pipelines.pop(call_id).set_state(Gst.State.NULL)
    print(call_id, "ended with", message.type.first_value_nick, flush=True)

def stop(*_):
    for call_id in pipelines:
        line.emit("hangup", call_id, Gst.Promise.new_with_change_func(on_hung_up, call_id))
    GLib.timeout_add(100, lambda: bool(pipelines) or loop.quit())

def on_hung_up(promise, call_id):  # on the line's thread, too
    reply = promise.get_reply()  # None, or why not
    print(call_id, reply.get_value("error").message if reply else "is hung up", flush=True)

Gst.init(None)
pipelines, loop = {}, GLib.MainLoop()
phone = Gst.parse_launch("pipeline.( rcsignal name=line )")
line = phone.get_by_name("line")
line.connect("call-received", on_call)
signal.signal(signal.SIGINT, stop)
play(phone, lambda bus, message: (phone.set_state(Gst.State.NULL),
                                  sys.exit(message.parse_error()[0].message)))
loop.run()
phone.set_state(Gst.State.NULL)
