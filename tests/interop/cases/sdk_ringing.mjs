// SPDX-License-Identifier: LGPL-2.1-or-later
// What the SDK can do to a call that rings: the agent's commands in MESSAGE.
import assert from 'node:assert/strict';

const PHONE = '101';

async function ringing(bench) {
  await bench.startStandin();
  const phone = await bench.phone(PHONE);
  const call = await bench.standin.call(PHONE);
  await phone.happened('inboundCall');
  return { phone, call };
}

// The SDK resolves these when the server cancels the call.
function refused(reason, method, ...args) {
  return async (bench) => {
    const { phone, call } = await ringing(bench);
    await phone.inCall(method, ...args);
    await phone.happened('disposed');
    const { end_reason: ended } = await bench.standin.happened(call, 'ended');
    assert.equal(ended, reason);
  };
}

// The SDK waits for what the caller says to it (Cmd 9), after the CANCEL.
function replied(...args) {
  return async (bench) => {
    const { phone, call } = await ringing(bench);
    await phone.inCall('startReply');
    const answer = await phone.inCall('reply', ...args);
    assert.equal(answer.body.Resp, '1');
    const { end_reason: ended } = await bench.standin.happened(call, 'ended');
    assert.equal(ended, 'replied');
  };
}

export const cases = [
  { name: 'SDK sends a caller to voicemail', run: refused('voicemail', 'toVoicemail') },
  { name: 'SDK declines the call of a voice', run: refused('declined', 'decline') },
  { name: 'SDK forwards a caller', run: refused('forwarded', 'forward', '12025550199') },
  { name: 'SDK replies with a text', run: replied('back in 5 min: "soon" <ok>') },
  {
    name: 'SDK replies with a pattern',
    run: replied({ type: 'callYouBack', direction: 'toCaller', delay: 5, unit: 'minutes' }),
  },
];
