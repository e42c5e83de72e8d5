// SPDX-License-Identifier: LGPL-2.1-or-later
// The SDK calls our pipeline.
import { join } from 'node:path';
import { exitsCleanly, interrupt, record, speak } from '../lib/pipeline.mjs';
import { dialled } from '../lib/standin.mjs';
import { TALK_SECONDS, expectCodec, ourTones } from './talk.mjs';

const OURS = '101';
const THEIRS = '102';

function talk(codec, hangUp) {
  return async (bench) => {
    await bench.startStandin();
    const tones = await ourTones(bench);
    const wav = join(bench.folder, 'call.wav');
    const pipeline = await bench.pipeline(OURS, [], record(wav), speak(tones.wav));
    const caller = await bench.phone(THEIRS, codec);
    await caller.dial(dialled(bench.standin.account(OURS).number));
    await caller.happened('answered');
    await caller.hears(TALK_SECONDS);
    await expectCodec(caller, codec);
    await hangUp(bench, caller, pipeline);
    await caller.happened('disposed');
    await bench.expectHeard(caller, tones, ['--once', '--min-tones', '18']);
    await bench.expectRecorded(wav, caller.tones, ['--min-tones', '18']);
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
  { name: 'SDK calls us and cancels while it rings', run: cancelled },
];
