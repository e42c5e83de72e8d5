// SPDX-License-Identifier: LGPL-2.1-or-later
// A WAV file while it is written.
import { readFile } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';

const HEADER = 44;
const LOUD = 327; // -40 dBFS, as in page/media.js

// Seconds in the file now, and those of them since the first loud sample.
export async function recorded(path) {
  const file = await readFile(path).catch(() => Buffer.alloc(0));
  if (file.length <= HEADER) return { total: 0, heard: 0 };
  const perSecond = 2 * file.readUInt32LE(24) * file.readUInt16LE(22);
  const total = (file.length - HEADER) / perSecond;
  for (let at = HEADER; at + 1 < file.length; at += 2) {
    if (Math.abs(file.readInt16LE(at)) > LOUD) return { total, heard: (file.length - at) / perSecond };
  }
  return { total, heard: 0 };
}

// Waits until the recording holds `seconds` since its first sound. Nothing tells when a file grows.
export async function recordingHears(path, seconds, limit = seconds + 10) {
  const deadline = performance.now() + limit * 1000;
  for (;;) {
    const { heard } = await recorded(path);
    if (heard >= seconds) return;
    if (performance.now() > deadline) throw new Error(`${path}: ${heard} of ${seconds} s of sound`);
    await wait(100);
  }
}
