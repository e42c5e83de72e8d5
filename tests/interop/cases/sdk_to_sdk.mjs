// SPDX-License-Identifier: LGPL-2.1-or-later
// The SDK calls the SDK: judges the stand-in alone.
import { dialled } from '../lib/standin.mjs';
import { TALK_SECONDS, expectCodec, expectEnded } from './talk.mjs';

function call(codec, whoHangsUp) {
  return async (bench) => {
    await bench.startStandin();
    const caller = await bench.phone('101', codec);
    const callee = await bench.phone('102', codec);
    await caller.dial(dialled(bench.standin.account('102').number));
    await callee.happened('inboundCall');
    await callee.answer();
    for (const phone of [caller, callee]) await phone.happened('answered');
    for (const phone of [caller, callee]) await phone.hears(TALK_SECONDS);
    for (const phone of [caller, callee]) await expectCodec(phone, codec ?? 'opus');
    await bench.expectHeard(callee, caller.tones, ['--min-tones', '18']);
    await bench.expectHeard(caller, callee.tones, ['--min-tones', '18']);
    await { caller, callee }[whoHangsUp].hangup();
    for (const phone of [caller, callee]) await phone.happened('disposed');
    for (const phone of [caller, callee]) await phone.unregister();
  };
}

async function declined(bench) {
  await bench.startStandin();
  const caller = await bench.phone('101');
  const callee = await bench.phone('102');
  await caller.dial(dialled(bench.standin.account('102').number));
  await callee.happened('inboundCall');
  await callee.decline();
  await callee.happened('disposed');
}

async function cancelled(bench) {
  await bench.startStandin();
  const caller = await bench.phone('101');
  const callee = await bench.phone('102');
  await caller.dial(dialled(bench.standin.account('102').number));
  await caller.happened('ringing');
  await callee.happened('inboundCall');
  await caller.cancel();
  for (const phone of [caller, callee]) await phone.happened('disposed');
}

// A number that belongs to nobody: a failure with a reason, not a call without end.
async function unknownNumber(bench) {
  await bench.startStandin();
  const caller = await bench.phone('101');
  await caller.dial('12025559999');
  await caller.happened('failed');
}

export const cases = [
  { name: 'SDK calls SDK, Opus, caller hangs up', run: call(null, 'caller') },
  { name: 'SDK calls SDK, PCMU, callee hangs up', run: call('PCMU', 'callee') },
  { name: 'SDK calls SDK, callee declines', run: declined },
  { name: 'SDK calls SDK, caller cancels while it rings', run: cancelled },
  { name: 'SDK calls a number of nobody', run: unknownNumber },
];
