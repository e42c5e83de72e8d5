// SPDX-License-Identifier: LGPL-2.1-or-later
// A WAV file while it is written.
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const HEADER = 44;
const LOUD = 327; // -40 dBFS, as in page/media.js

// Seconds from the first loud sample to the end of what is in the file now.
async function heardSeconds(path) {
  const file = await readFile(path).catch(() => Buffer.alloc(0));
  if (file.length <= HEADER) return 0;
  const rate = file.readUInt32LE(24) * file.readUInt16LE(22);
  for (let at = HEADER; at + 1 < file.length; at += 2) {
    if (Math.abs(file.readInt16LE(at)) > LOUD) return (file.length - at) / 2 / rate;
  }
  return 0;
}

// Waits until the recording holds `seconds` since its first sound. Nothing tells when a file grows.
export async function recordingHears(path, seconds, limit = seconds + 10) {
  const deadline = performance.now() + limit * 1000;
  while ((await heardSeconds(path)) < seconds) {
    if (performance.now() > deadline) {
      throw new Error(`${path} holds ${await heardSeconds(path)} s of ${seconds} s of sound`);
    }
    await wait(100);
  }
}
