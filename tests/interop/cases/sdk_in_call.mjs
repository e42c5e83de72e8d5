// SPDX-License-Identifier: LGPL-2.1-or-later
// What the SDK can do within a call, with the stand-in's own voice at the far end.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { makeTones } from '../lib/tones.mjs';

const PHONE = '101';
const TARGET = '102';
const HEARD = 5.5; // seconds of tones that are enough to know them

// The stand-in's voice has called the SDK, which answered.
async function answered(bench, media = {}) {
  await bench.startStandin();
  const phone = await bench.phone(PHONE);
  const tones = await makeTones(bench.folder, 'voice', ['--count', '30', '--rate', '16000']);
  const play = { type: 'file', file: tones.wav, repeat: true };
  const call = await bench.standin.call(PHONE, { media: { play, ...media } });
  await phone.happened('inboundCall');
  await phone.answer();
  await bench.standin.happened(call, 'media_connected');
  return { phone, call, tones };
}

async function expectVoice(bench, phone, tones) {
  await phone.forget();
  await phone.hears(HEARD);
  await bench.expectHeard(phone, tones);
}

async function ended(bench, phone, call) {
  await bench.standin.hangUp(call);
  await phone.happened('disposed');
}

async function commands(bench) {
  const { phone, call } = await answered(bench);
  for (const method of ['startRecording', 'stopRecording']) {
    assert.deepEqual(await phone.inCall(method), { code: 0, description: 'Succeeded' });
  }
  const flipped = await phone.inCall('flip', '12025550199');
  assert.deepEqual([flipped.code, flipped.number], [0, '+12025550199']);
  const parked = await phone.inCall('park'); // the SDK hangs up by itself
  assert.deepEqual([parked.code, parked['park extension']], [0, '813']);
  await phone.happened('disposed');
  await bench.standin.happened(call, 'bye');
}

// The server of an anchored call answers recvonly and sends nothing until the SDK resumes.
async function held(bench) {
  const { phone, call, tones } = await answered(bench);
  await phone.hears(1);
  await phone.hold();
  await phone.hearsNothing(2);
  await phone.unhold();
  await expectVoice(bench, phone, tones);
  await ended(bench, phone, call);
}

async function reInvited(bench) {
  const { phone, call, tones } = await answered(bench);
  await phone.hears(1);
  await phone.inCall('reInvite'); // new ICE credentials, as after a change of the network
  await bench.standin.happened(call, 'reinvite');
  await expectVoice(bench, phone, tones);
  await ended(bench, phone, call);
}

async function heldByServer(bench) {
  const { phone, call, tones } = await answered(bench);
  await phone.hears(1);
  for (const kind of ['hold', 'resume']) {
    await bench.standin.act(call, 'reinvite', { kind });
    await phone.received('ACK', kind === 'hold' ? 2 : 3); // the first one is that of the call
  }
  await expectVoice(bench, phone, tones);
  await ended(bench, phone, call);
}

async function lateOffer(bench) {
  const { phone, call, tones } = await answered(bench, { late_offer: true });
  await phone.hears(HEARD);
  await bench.expectHeard(phone, tones);
  await ended(bench, phone, call);
}

async function keys(bench) {
  const { phone, call } = await answered(bench);
  await phone.inCall('sendDtmf', '12#', 100, 100);
  for (const key of ['1', '2', '#']) await bench.standin.happened(call, `dtmf_${key}`);
  await ended(bench, phone, call);
}

// The voice goes on at the target; the SDK takes the server's BYE for the end of its transfer.
async function transferred(bench) {
  const { phone, tones } = await answered(bench);
  const target = await bench.phone(TARGET);
  await phone.inCall('transfer', TARGET);
  await phone.happened('disposed');
  await target.happened('inboundCall');
  await target.answer();
  await target.hears(HEARD);
  await bench.expectHeard(target, tones);
  await target.hangup();
  await target.happened('disposed');
}

// The SDK holds the caller, calls a number, and connects both: it is out of both calls.
async function attended(bench) {
  const { phone } = await answered(bench);
  const number = '12025550177';
  await bench.standin.setNumber(number);
  await phone.evaluate(async (callee) => {
    const transfer = await phone.call.warmTransfer(callee);
    await transfer.complete();
  }, number);
  await phone.happened('disposed', { count: 2 });
}

// The socket is gone, the media goes on, and the call ends over the new socket.
async function registersAnew(bench) {
  const { phone, call, tones } = await answered(bench);
  await bench.standin.dropSockets();
  await phone.registerAnew();
  await bench.standin.registered(PHONE);
  await expectVoice(bench, phone, tones);
  await ended(bench, phone, call);
}

export const cases = [
  { name: 'SDK in a call: records, flips and parks', run: commands },
  { name: 'SDK in a call: holds and resumes', run: held },
  { name: 'SDK in a call: moves its media', run: reInvited },
  { name: 'SDK in a call: is held and resumed by the server', run: heldByServer },
  { name: 'SDK in a call: offers late', run: lateOffer },
  { name: 'SDK in a call: presses keys', run: keys },
  { name: 'SDK in a call: transfers it to another SDK', run: transferred },
  { name: 'SDK in a call: connects it with another one', run: attended },
  { name: 'SDK in a call: registers anew over another socket', run: registersAnew },
];
