// SPDX-License-Identifier: LGPL-2.1-or-later
// Child processes that always end, and the scope that ends them.
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Everything a test opens; closed in reverse order, whatever happened in between.
export class Scope {
  #closers = [];

  onClose(closer) {
    this.#closers.push(closer);
  }

  async folder() {
    const path = await mkdtemp(join(tmpdir(), 'rc-interop-'));
    this.onClose(() => rm(path, { recursive: true, force: true }));
    return path;
  }

  async close() {
    for (let closer = this.#closers.pop(); closer; closer = this.#closers.pop()) {
      await closer().catch((error) => console.error(`# closing: ${error.message}`));
    }
  }
}

// Rejects if `promise` takes longer than `seconds`.
export function within(seconds, what, promise) {
  let timer;
  const limit = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`${what}: not within ${seconds} s`)), seconds * 1000);
  });
  return Promise.race([promise, limit]).finally(() => clearTimeout(timer));
}

// A program with its output kept; `scope` ends it if the test does not.
export class Child {
  output = '';
  #process;
  #exit;

  constructor(scope, command, args, options = {}) {
    this.name = command.split('/').at(-1);
    this.#process = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], ...options });
    this.#process.stderr.on('data', (data) => (this.output += data));
    this.#exit = new Promise((resolve, reject) => {
      this.#process.once('error', reject);
      this.#process.once('close', (code, signal) => resolve(signal ?? code));
    });
    this.#exit.catch(() => {}); // seen by whoever waits for the exit
    scope.onClose(() => this.end());
  }

  get pid() {
    return this.#process.pid;
  }

  get running() {
    return this.#process.exitCode === null && this.#process.signalCode === null;
  }

  get stdout() {
    return this.#process.stdout;
  }

  keepStdout() {
    this.#process.stdout.on('data', (data) => (this.output += data));
  }

  closeStdin() {
    this.#process.stdin.end();
  }

  signal(name) {
    this.#process.kill(name);
  }

  // The exit code, or the name of the signal that ended it.
  exited(seconds) {
    return within(seconds, `end of ${this.name}`, this.#exit);
  }

  // `promise`, or an error as soon as the program ends before it.
  stillRunningAt(promise) {
    const gone = this.#exit.then((code) => {
      throw new Error(`${this.name} ended early (${code}):\n${this.output}`);
    });
    return Promise.race([promise, gone]);
  }

  async outputSays(pattern, seconds) {
    const seen = new Promise((resolve) => {
      const check = () => pattern.test(this.output) && resolve();
      this.#process.stdout.on('data', check);
      this.#process.stderr.on('data', check);
      check();
    });
    await within(seconds, `${this.name} says ${pattern}`, this.stillRunningAt(seen));
  }

  async end() {
    if (!this.running) return;
    this.closeStdin();
    this.signal('SIGTERM');
    await this.exited(5).catch(() => {
      this.signal('SIGKILL');
      return this.exited(5);
    });
  }
}

export async function firstLine(child, seconds) {
  let text = '';
  const line = (async () => {
    for await (const data of child.stdout.iterator({ destroyOnReturn: false })) {
      text += data;
      if (text.includes('\n')) return text.slice(0, text.indexOf('\n'));
    }
    throw new Error(`${child.name} ended without a line:\n${child.output}`);
  })();
  return within(seconds, `first line of ${child.name}`, line);
}
