// SPDX-License-Identifier: LGPL-2.1-or-later
// The RingCentral stand-in as a process of its own, and its control interface.
import { join } from 'node:path';
import { Child, firstLine } from './process.mjs';

export class Standin {
  #child;
  #info;

  // `build`: Meson's build folder.
  static async start(scope, build) {
    const standin = new Standin();
    const program = join(build, 'tests/standin/rc-standin');
    standin.#child = new Child(scope, program, ['--until-stdin-closes']);
    standin.#info = JSON.parse(await firstLine(standin.#child, 10));
    return standin;
  }

  get rest() {
    return this.#info.rest;
  }

  get ca() {
    return this.#info.ca;
  }

  account(extension) {
    return this.#info.accounts.find((account) => account.extension === extension);
  }

  // What the SDK wants to know of an account.
  sipInfo(extension) {
    return { ...this.account(extension).sip, stunServers: [] };
  }

  // Waits until the extension has a registered phone.
  async registered(extension, seconds = 10) {
    const query = `wait=${extension}&timeout_ms=${seconds * 1000}`;
    return this.#get(`registrations?${query}`);
  }

  registrations() {
    return this.#get('registrations');
  }

  calls() {
    return this.#get('calls');
  }

  async log() {
    return JSON.stringify(await this.#get('log'), null, 1);
  }

  async #get(path) {
    const response = await fetch(`${this.#info.control}/${path}`, {
      headers: { Authorization: `Bearer ${this.#info.control_token}` },
      signal: AbortSignal.timeout(20000),
    });
    if (!response.ok) throw new Error(`stand-in ${path}: ${response.status}`);
    return response.json();
  }
}

// A number as the SDK dials it: with country code, without plus.
export function dialled(number) {
  return number.replace('+', '');
}
