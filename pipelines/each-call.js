#!/usr/bin/gjs
// SPDX-License-Identifier: LGPL-2.1-or-later
// Records every call in a pipeline of its own, CALL-ID.wav, in JavaScript: gjs each-call.js
// JavaScript runs on one thread, so what happens comes by the bus, not by rcsignal's signals.
imports.gi.versions.Gst = '1.0';
const { GLib, Gst } = imports.gi;

const pipelines = {};
let failed = false;

function play(pipeline, onMessage) {
  const bus = pipeline.get_bus();
  bus.add_signal_watch();
  bus.connect('message', (_, message) => onMessage(message, bus));
  pipeline.set_state(Gst.State.PLAYING);
}

function record(id) {
  pipelines[id] = Gst.parse_launch(
      `rcsrc call=${id} idle=none ! wavenc ! filesink location=${id}.wav`);
  play(pipelines[id], (message, bus) => {
    if (!(message.type & (Gst.MessageType.EOS | Gst.MessageType.ERROR))) return;
    bus.remove_signal_watch();
    pipelines[id].set_state(Gst.State.NULL);
    delete pipelines[id];
    print(`${id} ended with ${message.type === Gst.MessageType.EOS ? "eos" : "error"}`);
  });
}

function onLineMessage(message) {
  if (message.type === Gst.MessageType.ERROR) {
    printerr(message.parse_error()[0].message);
    failed = true;
    loop.quit();
  }
  const call = message.get_structure();
  if (message.type !== Gst.MessageType.ELEMENT || call.get_name() !== 'rc-call') return;
  const id = call.get_string('call-id');
  if (call.get_string('state') !== 'ringing' || id in pipelines) return;
  print(`${id} from ${call.get_string('from')}`);
  record(id);
}

Gst.init(null);
const loop = GLib.MainLoop.new(null, false);
const phone = Gst.parse_launch('pipeline.( rcsignal answer=ring )');
play(phone, onLineMessage);
GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, 2, () => loop.quit());  // Ctrl-C
loop.run();
for (const pipeline of [...Object.values(pipelines), phone]) pipeline.set_state(Gst.State.NULL);
imports.system.exit(failed ? 1 : 0);
