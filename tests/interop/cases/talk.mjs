// SPDX-License-Identifier: LGPL-2.1-or-later
// What all calls of these cases have in common.
import assert from 'node:assert/strict';
import { makeTones } from '../lib/tones.mjs';
import { recordingHears } from '../lib/recording.mjs';

// "Ten seconds of tones both ways", and a little for the slots cut at both ends.
export const TALK_SECONDS = 10.5;

// Longer than any call here, however slow the machine: the file must not end before the call.
export function ourTones(bench) {
  return makeTones(bench.folder, 'ours', ['--count', '90', '--rate', '16000']);
}

// Both have heard the other for so long: the two directions need not have begun together.
export async function bothHear(phone, wav, seconds) {
  await phone.hears(seconds);
  await recordingHears(wav, seconds);
}

export async function expectCodec(phone, codec) {
  const both = `audio/${codec}`;
  assert.deepEqual(await phone.codecsInUse(), { sent: both, received: both });
}
