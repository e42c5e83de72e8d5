// SPDX-License-Identifier: LGPL-2.1-or-later
// What all calls of these cases have in common.
import assert from 'node:assert/strict';
import { makeTones } from '../lib/tones.mjs';
import { recorded, recordingHears } from '../lib/recording.mjs';

// "Ten seconds of tones both ways", and a little for the slots cut at both ends.
export const TALK_SECONDS = 10.5;

const STRETCHES = 3;

// Longer than any call here, however slow the machine: the file must not end before the call.
export function ourTones(bench) {
  return makeTones(bench.folder, 'ours', ['--count', '90', '--rate', '16000']);
}

// Waits for a stretch of the talk in which `judge` finds nothing wrong: on a machine that has too
// much to do Chromium stretches and conceals what it plays, and says nothing of it. What is wrong
// with every stretch is a failure. Whether our own audio has holes is for tests/flow.
export async function heardWell(bench, phones, judge) {
  for (let stretch = 1; ; stretch += 1) {
    try {
      return await judge();
    } catch (error) {
      if (stretch === STRETCHES) throw error;
      bench.say(`stretch ${stretch}: ${error.message}`);
      for (const phone of phones) await phone.forget();
    }
  }
}

// The SDK has heard us well, and we it for as long: the two directions need not have begun together.
// Returns the seconds of our recording to leave out, those of the stretches before.
export async function talkWithUs(bench, phone, wav, tones) {
  let skip; // nothing of the first stretch
  await heardWell(bench, [phone], async () => {
    const before = await recorded(wav);
    skip = skip === undefined ? 0 : before.total;
    await phone.hears(TALK_SECONDS);
    await recordingHears(wav, before.heard + TALK_SECONDS);
    await bench.expectHeard(phone, tones, ['--once', '--min-tones', '18']);
  });
  return skip;
}

export async function expectCodec(phone, codec) {
  const both = `audio/${codec}`;
  assert.deepEqual(await phone.codecsInUse(), { sent: both, received: both });
}
