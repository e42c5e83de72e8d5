// SPDX-License-Identifier: LGPL-2.1-or-later
// tests/tools/tones.py for these tests: fresh sequences, and the verdict on what was heard.
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const PYTHON = '/usr/bin/python3'; // Debian's, which python3-numpy belongs to
const TOOL = fileURLToPath(new URL('../../tools/tones.py', import.meta.url));
const run = promisify(execFile);

// {wav, expect}: a WAV file and the JSON file with its frequencies, both in `folder`.
export async function makeTones(folder, name, options = []) {
  const tones = { wav: join(folder, `${name}.wav`), expect: join(folder, `${name}.json`) };
  const { stdout } = await run(PYTHON, [TOOL, 'make', '--out', tones.wav, ...options]);
  await writeFile(tones.expect, stdout);
  return tones;
}

// The verdict on `wav`; throws with it if the tones are not in there.
export async function expectTones(wav, tones, options = []) {
  const args = [TOOL, 'read', '--wav', wav, '--expect', tones.expect, ...options];
  try {
    return JSON.parse((await run(PYTHON, args)).stdout);
  } catch (error) {
    throw new Error(`tones not heard in ${wav}: ${error.stdout || error.message}`);
  }
}

export function describe(verdict) {
  return (
    `${verdict.read.length} tones in order, off by ${(verdict.worst_error * 100).toFixed(3)} % ` +
    `at most, ${(verdict.on_tone * 100).toFixed(1)} % of ${verdict.loud_windows} windows on tone, ` +
    `${(verdict.quiet * 100).toFixed(1)} % quiet, ${verdict.level_dbfs.toFixed(1)} dBFS`
  );
}

// A 16 bit mono WAV file around raw samples.
export async function writeWav(path, samples, rate) {
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16); // size of the format block
  header.writeUInt16LE(1, 20); // PCM
  header.writeUInt16LE(1, 22); // mono
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(2 * rate, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  await writeFile(path, Buffer.concat([header, samples]));
}
