// SPDX-License-Identifier: LGPL-2.1-or-later
// RingCentral's SDK in a Chromium of its own: one telephone.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { writeWav } from './tones.mjs';

const EXECUTABLE = '/usr/bin/chromium';

function flags(microphone) {
  return [
    '--no-sandbox', // tests run as root, which Chromium's sandbox refuses
    '--disable-gpu',
    '--disable-quic',
    '--use-fake-ui-for-media-stream',
    '--use-fake-device-for-media-stream',
    `--use-file-for-fake-audio-capture=${microphone}`, // played in a loop
    '--autoplay-policy=no-user-gesture-required',
    '--disable-audio-output',
    '--ignore-certificate-errors', // the stand-in's certificate is its own
    '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns',
  ];
}

export function chromiumVersion() {
  return execFileSync(EXECUTABLE, ['--version'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'], // Debian's start script complains about large memories
  }).trim();
}

export class BrowserPhone {
  #page;

  constructor(name, folder, page) {
    this.name = name;
    this.folder = folder;
    this.#page = page;
    this.pageErrors = [];
    page.on('pageerror', (error) => this.pageErrors.push(String(error.stack ?? error)));
  }

  // `microphone`: a WAV file.
  static async open(scope, { name, pageUrl, microphone }) {
    const folder = await scope.folder();
    const context = await chromium.launchPersistentContext(join(folder, 'profile'), {
      executablePath: EXECUTABLE,
      args: flags(microphone),
      handleSIGINT: false, // run.mjs closes the scope on signals
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    scope.onClose(() => context.close());
    const page = context.pages()[0];
    const phone = new BrowserPhone(name, folder, page);
    await page.goto(pageUrl);
    return phone;
  }

  evaluate(script, argument) {
    return this.#page.evaluate(script, argument);
  }

  // 'opus', 'PCMU' or null (Chromium's own order); holds for the calls that follow.
  useCodec(codec) {
    return this.evaluate((name) => (media.codec = name), codec);
  }

  register(sipInfo) {
    return this.evaluate((info) => phone.register(info), sipInfo);
  }

  unregister() {
    return this.evaluate(() => phone.unregister());
  }

  // Dials and returns at once; what becomes of it is told by the events.
  dial(number) {
    return this.evaluate((callee) => void phone.webPhone.call(callee), number);
  }

  answer() {
    return this.evaluate(() => phone.call.answer());
  }

  hangup() {
    return this.evaluate(() => phone.call.hangup());
  }

  // Not waited for: the SDK resolves these only on what the server does next.
  decline() {
    return this.evaluate(() => void phone.call.decline());
  }

  cancel() {
    return this.evaluate(() => void phone.call.cancel());
  }

  hold() {
    return this.evaluate(() => phone.call.hold());
  }

  unhold() {
    return this.evaluate(() => phone.call.unhold());
  }

  // A method of the SDK's call session by its name; its result.
  inCall(method, ...args) {
    return this.evaluate(([name, values]) => phone.call[name](...values), [method, args]);
  }

  // Connects and registers once more, as the SDK's recipe for recovery does.
  registerAnew() {
    return this.evaluate(() => phone.webPhone.start());
  }

  // The SDK has sent `count` such requests since the page was opened.
  async sent(method, count, seconds = 10) {
    const condition = ([name, times]) =>
      phone.sip.filter((message) => message.startsWith(`> ${name} `)).length >= times;
    await this.#waitFor(condition, [method, count], seconds, `${this.name} sends ${method}`);
  }

  // The SDK has received `count` such requests since the page was opened.
  async received(method, count, seconds = 10) {
    const condition = ([name, times]) =>
      phone.sip.filter((message) => message.startsWith(`< ${name} `)).length >= times;
    await this.#waitFor(condition, [method, count], seconds, `${this.name} receives ${method}`);
  }

  // The event has happened `count` times since the page was opened.
  async happened(name, { count = 1, seconds = 10 } = {}) {
    const condition = ([event, times]) => phone.happened(event, times);
    await this.#waitFor(condition, [name, count], seconds, `${this.name}: ${name}`);
  }

  // At least `length` seconds of sound since the far end was first heard in this call.
  async hears(length, limit = length + 10) {
    const condition = (needed) => media.recording !== null && media.recording.seconds >= needed;
    await this.#waitFor(condition, length, limit, `${this.name} hears ${length} s of sound`);
  }

  // Nothing but silence for `length` seconds.
  async hearsNothing(length, limit = length + 5) {
    const condition = (needed) => media.recording.quietSeconds >= needed;
    await this.#waitFor(condition, length, limit, `${this.name} hears nothing for ${length} s`);
  }

  // What was heard until now does not count.
  forget() {
    return this.evaluate(() => media.recording.clear());
  }

  // What was heard in the latest call, as a WAV file.
  async saveHeard(name = 'heard') {
    const heard = await this.evaluate(async () => ({
      rate: media.recording.rate,
      data: await media.recording.toBase64(),
    }));
    const path = join(this.folder, `${name}.wav`);
    await writeWav(path, Buffer.from(heard.data, 'base64'), heard.rate);
    return path;
  }

  codecsInUse() {
    return this.evaluate(() => media.codecsInUse());
  }

  // The last SIP messages, for the report of a failed test.
  async transcript() {
    const sip = await this.evaluate(() => phone.sip);
    return [`--- ${this.name}`, ...sip, ...this.pageErrors].join('\n');
  }

  async #waitFor(condition, argument, seconds, what) {
    try {
      await this.#page.waitForFunction(condition, argument, {
        timeout: seconds * 1000,
        polling: 50,
      });
    } catch (error) {
      throw new Error(`${what}: not within ${seconds} s (${error.name})`);
    }
  }
}
