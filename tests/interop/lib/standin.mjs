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
    await this.#get(`registrations?wait=${extension}&timeout_ms=${seconds * 1000}`);
  }

  // Waits until it has none, and it is gone because it said so.
  async unregistered(extension, seconds = 5) {
    const query = `wait_gone=${extension}&timeout_ms=${seconds * 1000}`;
    const { unregistered } = await this.#get(`registrations?${query}`);
    if (!unregistered[extension]) throw new Error(`${extension} left without un-REGISTER`);
  }

  // See rc-standin --help.
  async setFaults(faults) {
    await this.#request('faults', { method: 'POST', body: JSON.stringify(faults) });
  }

  // The stand-in's own voice calls an extension; the call's id. See POST /calls.
  async call(extension, spec = {}) {
    const body = JSON.stringify({ to: extension, ...spec });
    return (await this.#request('calls', { method: 'POST', body })).id;
  }

  // What happens when this number is dialled. See POST /numbers.
  async setNumber(number, spec = {}) {
    await this.#request('numbers', { method: 'POST', body: JSON.stringify({ number, ...spec }) });
  }

  // Waits until this is among the events of the call; the call.
  happened(id, event, seconds = 10) {
    const query = `wait_event=${encodeURIComponent(event)}&timeout_ms=${seconds * 1000}`;
    return this.#get(`calls/${id}?${query}`);
  }

  // `action` on a call, e.g. 'reinvite'. See POST /calls/ID/...
  async act(id, action, how = {}) {
    await this.#request(`calls/${id}/${action}`, { method: 'POST', body: JSON.stringify(how) });
  }

  async hangUp(id) {
    await this.#request(`calls/${id}`, { method: 'DELETE' });
  }

  async dropSockets() {
    await this.#request('drop_sockets', { method: 'POST' });
  }

  // Waits until every call is over.
  async callsEnded(seconds = 5) {
    const { calls } = await this.#get('calls');
    for (const { id } of calls) {
      await this.#get(`calls/${id}?wait_state=ended&timeout_ms=${seconds * 1000}`);
    }
  }

  // Messages that break the protocol, as the stand-in saw them.
  async violations() {
    return (await this.#get('violations')).violations;
  }

  async log() {
    const { messages } = await this.#get('log');
    return messages.map(({ us, socket, direction, text }) =>
      `--- ${(us / 1e6).toFixed(6)} socket ${socket} ${direction}\n${text}`).join('\n');
  }

  #get(path) {
    return this.#request(path, {});
  }

  async #request(path, request) {
    const response = await fetch(`${this.#info.control}/${path}`, {
      ...request,
      headers: { Authorization: `Bearer ${this.#info.control_token}` },
      signal: AbortSignal.timeout(20000),
    });
    const text = await response.text();
    // 408: what was waited for did not happen; the body says how things are.
    if (!response.ok) throw new Error(`stand-in ${path}: ${response.status} ${text}`);
    return JSON.parse(text);
  }
}

// A number as the SDK dials it: with country code, without plus.
export function dialled(number) {
  return number.replace('+', '');
}
