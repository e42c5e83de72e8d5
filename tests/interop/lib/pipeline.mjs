// SPDX-License-Identifier: LGPL-2.1-or-later
// Our side of the call: gst-launch-1.0 with the plugin from the build folder.
import { join } from 'node:path';
import { Child } from './process.mjs';

// The user's environment for one account, and nothing of ours left in the user's home.
function environment({ build, standin, extension, folder }) {
  const account = standin.account(extension);
  return {
    ...process.env,
    GST_PLUGIN_PATH: join(build, 'plugins'),
    GST_REGISTRY: join(folder, 'registry.bin'),
    XDG_STATE_HOME: join(folder, 'state'),
    XDG_CACHE_HOME: join(folder, 'cache'),
    RINGCENTRAL_SERVER_URL: standin.rest,
    RINGCENTRAL_CLIENT_ID: account.client_id,
    RINGCENTRAL_CLIENT_SECRET: account.client_secret,
    RINGCENTRAL_JWT_TOKEN: account.jwt,
    RINGCENTRAL_CA_FILE: standin.ca,
  };
}

// libnice leaves the loopback interface out unless it is told to use it.
const LINE = ['rcsignal', 'local-address=127.0.0.1'];

// The elements of a recording, and of a file spoken into the call.
export function record(wav, ...settings) {
  return ['rcsrc', 'num-calls=1', 'idle=none', ...settings, '!', 'wavenc', '!', 'filesink',
    'buffer-mode=unbuffered', // else the file is up to 2 s behind, and tests wait for it
    `location=${wav}`]; // a setting given twice: the last one counts
}

// How many seconds each call lasted that is over, as its messages tell.
export function callSeconds(pipeline) {
  const ended = /rc-call,.*state=\(string\)ended,.*answered-at=\(gint64\)(\d+), ended-at=\(gint64\)(\d+)/g;
  return [...pipeline.output.matchAll(ended)].map(([, from, to]) => (to - from) / 1e6);
}

export function speak(wav) {
  return ['filesrc', `location=${wav}`, '!', 'wavparse', '!', 'audioconvert', '!', 'audioresample',
    '!', 'rcsink'];
}

// A running gst-launch-1.0; `line` are settings of the line, `elements` the pipeline.
export function launch(scope, options, line, ...elements) {
  const args = ['-e', '-m', ...LINE, ...line, ...elements.flat()];
  const child = new Child(scope, 'gst-launch-1.0', args, { env: environment(options) });
  child.keepStdout();
  return child;
}

// Ctrl-C: the pipeline must end in good order within 2 s. Returns the seconds that it took.
export async function interrupt(pipeline) {
  const start = performance.now();
  pipeline.signal('SIGINT');
  await exitsCleanly(pipeline, 2);
  return (performance.now() - start) / 1000;
}

export async function exitsCleanly(pipeline, seconds) {
  const code = await pipeline.exited(seconds);
  if (code !== 0) throw new Error(`gst-launch-1.0 ended with ${code}:\n${pipeline.output}`);
}
