// SPDX-License-Identifier: LGPL-2.1-or-later
// Our pipeline calls the SDK.
import { join } from 'node:path';
import { exitsCleanly, interrupt, record, speak } from '../lib/pipeline.mjs';
import { expectCodec, ourTones, talkWithUs } from './talk.mjs';

const OURS = '101';
const THEIRS = '102';

// The SDK's phone, and our pipeline that has called it and made it ring.
async function ringing(bench, codec, ...elements) {
  await bench.startStandin();
  const callee = await bench.phone(THEIRS, codec);
  const wav = join(bench.folder, 'call.wav');
  const dial = `dial=${bench.standin.account(THEIRS).number}`;
  const pipeline = await bench.pipeline(OURS, [], record(wav, dial), ...elements);
  await callee.happened('inboundCall');
  return { callee, pipeline, wav };
}

function talk(codec, hangUp) {
  return async (bench) => {
    const tones = await ourTones(bench);
    const { callee, pipeline, wav } = await ringing(bench, codec, speak(tones.wav));
    await callee.answer();
    const skip = await talkWithUs(bench, callee, wav, tones);
    await expectCodec(callee, codec);
    await hangUp(bench, callee, pipeline);
    await callee.happened('disposed');
    await bench.expectRecorded(wav, callee.tones, ['--min-tones', '18', '--skip', skip]);
    await bench.standin.unregistered(OURS);
  };
}

async function theyHangUp(bench, callee, pipeline) {
  await callee.hangup();
  await exitsCleanly(pipeline, 5);
}

async function weHangUp(bench, callee, pipeline) {
  bench.say(`Ctrl-C took ${(await interrupt(pipeline)).toFixed(2)} s`);
}

async function declined(bench) {
  const { callee, pipeline } = await ringing(bench, null);
  await callee.decline();
  await callee.happened('disposed');
  await pipeline.outputSays(/rc-call,.*state=\(string\)ended/, 5);
  await pipeline.exited(10); // a call that failed is the end of a pipeline made for one call
  await bench.standin.unregistered(OURS);
}

async function cancelled(bench) {
  const { callee, pipeline } = await ringing(bench, null);
  bench.say(`Ctrl-C took ${(await interrupt(pipeline)).toFixed(2)} s`);
  await callee.happened('disposed');
  await bench.standin.unregistered(OURS);
}

export const cases = [
  { name: 'we call the SDK, Opus, SDK hangs up', run: talk('opus', theyHangUp), times: 3 },
  { name: 'we call the SDK, PCMU, we hang up', run: talk('PCMU', weHangUp), times: 3 },
  { name: 'we call the SDK, it declines', run: declined },
  { name: 'we call the SDK and cancel while it rings', run: cancelled },
];
