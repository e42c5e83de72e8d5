// SPDX-License-Identifier: LGPL-2.1-or-later
// A network that has only the loopback interface. Chromium offers every address of the machine in
// its SDP, and the far end may then send to one that leads nowhere.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { networkInterfaces } from 'node:os';

const INSIDE = 'RC_INTEROP_NAMESPACE';

function onlyLoopback() {
  const names = Object.keys(networkInterfaces());
  return names.length === 1 && names[0] === 'lo';
}

// Returns inside the namespace; outside it runs this program anew inside and ends with its code.
export async function enterLoopbackNamespace() {
  if (onlyLoopback()) return;
  if (process.env[INSIDE]) throw new Error('more than lo in the new network namespace');
  const asRoot = process.getuid() === 0 ? [] : ['--map-root-user'];
  const inside = ['sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
  const again = [process.execPath, ...process.argv.slice(1)];
  const child = spawn('unshare', ['--net', ...asRoot, ...inside, ...again], {
    stdio: 'inherit',
    env: { ...process.env, [INSIDE]: '1' },
  });
  process.on('SIGINT', () => {}); // the terminal's Ctrl-C reaches the inner one too
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const [code] = await once(child, 'exit');
  process.exit(code ?? 1);
}
