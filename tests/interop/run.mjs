#!/usr/bin/env node
// SPDX-License-Identifier: LGPL-2.1-or-later
// The judge: RingCentral's own SDK in Chromium, against the stand-in and against our pipelines.
//
//   npm ci && node run.mjs --build <Meson build folder> [--only <part of a case's name>]
//
// Last line: "N passed, N failed"; exit code 0 if none failed.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { chromiumVersion } from './lib/browser_phone.mjs';
import { enterLoopbackNamespace } from './lib/namespace.mjs';
import { repeated, runCases } from './lib/runner.mjs';
import { cases as media } from './cases/media.mjs';
import { cases as sdkToSdk } from './cases/sdk_to_sdk.mjs';
import { cases as sdkInCall } from './cases/sdk_in_call.mjs';
import { cases as sdkRinging } from './cases/sdk_ringing.mjs';
import { cases as sdkCallsUs } from './cases/sdk_calls_us.mjs';
import { cases as weCallSdk } from './cases/we_call_sdk.mjs';

const { values: options } = parseArgs({
  options: { build: { type: 'string' }, only: { type: 'string', default: '' } },
});
if (!options.build) {
  console.error('usage: node run.mjs --build <Meson build folder> [--only <part of a name>]');
  process.exit(2);
}
await enterLoopbackNamespace();

const sdk = new URL('./node_modules/ringcentral-web-phone/package.json', import.meta.url);
const { name, version } = JSON.parse(readFileSync(sdk, 'utf8'));
console.log(`# Node.js ${process.version}, ${chromiumVersion()}, ${name} ${version}`);
const all = [...media, ...sdkToSdk, ...sdkInCall, ...sdkRinging, ...sdkCallsUs, ...weCallSdk];
const chosen = repeated(all).filter((each) => each.name.includes(options.only));
process.exit((await runCases(chosen, resolve(options.build))) ? 0 : 1);
