// SPDX-License-Identifier: LGPL-2.1-or-later
// The SDK calls our pipeline.
import { join } from 'node:path';
import { callSeconds, exitsCleanly, interrupt, record, speak } from '../lib/pipeline.mjs';
import { dialled } from '../lib/standin.mjs';
import { expectCodec, ourTones, talkWithUs } from './talk.mjs';

const OURS = '101';
const THEIRS = '102';

// Our pipeline, which speaks, and the SDK's phone that will call it.
async function registered(bench, codec, ...settings) {
  await bench.startStandin();
  const tones = await ourTones(bench);
  const wav = join(bench.folder, 'call.wav');
  const pipeline = await bench.pipeline(OURS, [], record(wav, ...settings), speak(tones.wav));
  const caller = await bench.phone(THEIRS, codec);
  return { caller, pipeline, tones, wav };
}

async function call(bench, caller, count = 1) {
  await caller.dial(dialled(bench.standin.account(OURS).number));
  await caller.happened('answered', { count });
}

function talk(codec, hangUp) {
  return async (bench) => {
    const { caller, pipeline, tones, wav } = await registered(bench, codec);
    await call(bench, caller);
    const skip = await talkWithUs(bench, caller, wav, tones);
    await expectCodec(caller, codec);
    await hangUp(bench, caller, pipeline);
    await caller.happened('disposed');
    await bench.expectRecorded(wav, caller.tones, ['--min-tones', '18', '--skip', skip]);
    await bench.standin.unregistered(OURS);
  };
}

async function theyHangUp(bench, caller, pipeline) {
  await caller.hangup();
  await exitsCleanly(pipeline, 5); // num-calls=1: the end of the call is the end of the pipeline
}

async function weHangUp(bench, caller, pipeline) {
  bench.say(`Ctrl-C took ${(await interrupt(pipeline)).toFixed(2)} s`);
}

// One rcsrc takes both calls, and they follow each other in the recording without a gap (idle=none).
async function twoCalls(bench) {
  const { caller, pipeline, tones, wav } = await registered(bench, null, 'num-calls=2');
  for (const count of [1, 2]) {
    await call(bench, caller, count);
    await caller.hears(5.5);
    await caller.hangup();
    await caller.happened('disposed', { count });
    await bench.expectHeard(caller, tones, ['--once']);
  }
  await exitsCleanly(pipeline, 5);
  const [first, second] = callSeconds(pipeline);
  const margin = 0.2;
  const ofFirst = ['--take', first - margin];
  const ofSecond = ['--skip', first + margin, '--take', second - margin];
  for (const part of [ofFirst, ofSecond]) await bench.expectRecorded(wav, caller.tones, part);
  await bench.standin.unregistered(OURS);
}

// The SDK's hold changes the direction in the SDP and nothing else: its microphone goes on, and so
// must our recording, while it must not hear us until it resumes.
async function held(bench) {
  const { caller, pipeline, tones, wav } = await registered(bench, null);
  await call(bench, caller);
  await caller.hears(2);
  await caller.hold();
  await caller.hearsNothing(2);
  await caller.unhold();
  await caller.forget();
  await caller.hears(5.5);
  await theyHangUp(bench, caller, pipeline);
  await bench.expectHeard(caller, tones, ['--once']);
  await bench.expectRecorded(wav, caller.tones, ['--min-tones', '18']);
}

// The line does not answer; the caller gives up, and the pipeline is told and lives on.
async function cancelled(bench) {
  await bench.startStandin();
  const wav = join(bench.folder, 'call.wav');
  const pipeline = await bench.pipeline(OURS, ['answer=ring'], record(wav));
  const caller = await bench.phone(THEIRS);
  await caller.dial(dialled(bench.standin.account(OURS).number));
  await caller.happened('ringing');
  await pipeline.outputSays(/rc-call,.*state=\(string\)ringing/, 5);
  await caller.cancel();
  await caller.happened('disposed');
  await pipeline.outputSays(/rc-call,.*state=\(string\)ended/, 5);
  bench.say(`Ctrl-C took ${(await interrupt(pipeline)).toFixed(2)} s`);
  await bench.standin.unregistered(OURS);
}

export const cases = [
  { name: 'SDK calls us, Opus, SDK hangs up', run: talk('opus', theyHangUp), times: 3 },
  { name: 'SDK calls us, PCMU, we hang up', run: talk('PCMU', weHangUp), times: 3 },
  { name: 'SDK calls us twice, one call after the other', run: twoCalls },
  { name: 'SDK calls us, holds and resumes', run: held },
  { name: 'SDK calls us and cancels while it rings', run: cancelled },
];
