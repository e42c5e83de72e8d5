// SPDX-License-Identifier: LGPL-2.1-or-later
// The SDK calls the SDK: judges the stand-in alone.
import { dialled } from '../lib/standin.mjs';
import { TALK_SECONDS, expectCodec, heardWell } from './talk.mjs';

const CALLER = '101';
const CALLEE = '102';

// Two registered phones, the second of which rings.
async function ringing(bench, codec = null) {
  await bench.startStandin();
  const caller = await bench.phone(CALLER, codec);
  const callee = await bench.phone(CALLEE, codec);
  await caller.dial(dialled(bench.standin.account(CALLEE).number));
  await callee.happened('inboundCall');
  return { caller, callee };
}

async function answered(bench, codec) {
  const { caller, callee } = await ringing(bench, codec);
  await callee.answer();
  for (const phone of [caller, callee]) await phone.happened('answered');
  return { caller, callee };
}

function talk(codec, whoHangsUp) {
  return async (bench) => {
    const { caller, callee } = await answered(bench, codec);
    await heardWell(bench, [caller, callee], async () => {
      for (const phone of [caller, callee]) await phone.hears(TALK_SECONDS);
      await bench.expectHeard(callee, caller.tones, ['--min-tones', '18']);
      await bench.expectHeard(caller, callee.tones, ['--min-tones', '18']);
    });
    for (const phone of [caller, callee]) await expectCodec(phone, codec ?? 'opus');
    await { caller, callee }[whoHangsUp].hangup();
    for (const phone of [caller, callee]) await phone.happened('disposed');
    for (const phone of [caller, callee]) await phone.unregister();
    for (const extension of [CALLER, CALLEE]) await bench.standin.unregistered(extension);
  };
}

async function declined(bench) {
  const { caller, callee } = await ringing(bench);
  await callee.decline();
  await caller.happened('failed');
  await callee.happened('disposed');
}

async function cancelled(bench) {
  const { caller, callee } = await ringing(bench);
  await caller.happened('ringing');
  await caller.cancel();
  for (const phone of [caller, callee]) await phone.happened('disposed');
}

// Hold is a re-INVITE that changes nothing of the media's transport.
async function held(bench) {
  const { caller, callee } = await answered(bench);
  await callee.hears(1);
  await caller.hold();
  await caller.unhold();
  await callee.forget();
  await callee.hears(6);
  await bench.expectHeard(callee, caller.tones);
  await callee.hangup();
  await caller.happened('disposed');
}

// Registers anew before each expiry, and is still called after it.
async function registrationKept(bench) {
  await bench.startStandin();
  await bench.standin.setFaults({ expires: 5 });
  const phone = await bench.phone(CALLEE);
  await phone.sent('REGISTER', 6); // each registration takes two, for the challenge
  const caller = await bench.phone(CALLER);
  await caller.dial(CALLEE);
  await phone.happened('inboundCall');
  await phone.answer();
  await caller.happened('answered');
  await caller.hangup();
  await phone.happened('disposed');
}

// A number that belongs to nobody: a failure with a reason, not a call without end.
async function unknownNumber(bench) {
  await bench.startStandin();
  const caller = await bench.phone(CALLER);
  await caller.dial('12025559999');
  await caller.happened('failed');
}

export const cases = [
  { name: 'SDK calls SDK, Opus, caller hangs up', run: talk(null, 'caller') },
  { name: 'SDK calls SDK, PCMU, callee hangs up', run: talk('PCMU', 'callee') },
  { name: 'SDK calls SDK, callee declines', run: declined },
  { name: 'SDK calls SDK, caller cancels while it rings', run: cancelled },
  { name: 'SDK calls SDK, caller holds and resumes', run: held },
  { name: 'SDK calls a number of nobody', run: unknownNumber },
  { name: 'SDK keeps its registration', run: registrationKept },
];
