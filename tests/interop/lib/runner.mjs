// SPDX-License-Identifier: LGPL-2.1-or-later
// Runs the cases one after the other (two Chromiums are all that two cores carry).
import { Scope } from './process.mjs';
import { BrowserPhone } from './browser_phone.mjs';
import { servePage } from './page_server.mjs';
import { Standin } from './standin.mjs';
import { launch } from './pipeline.mjs';
import { expectTones, makeTones, describe } from './tones.mjs';

// What one case has at hand; all of it is closed when the case ends.
export class Bench {
  stopped = false;
  #phones = [];
  #pipelines = [];

  constructor(build) {
    this.build = build;
    this.scope = new Scope();
  }

  async open() {
    this.folder = await this.scope.folder();
    this.pageUrl = await servePage(this.scope);
  }

  async startStandin() {
    this.standin = await Standin.start(this.scope, this.build);
  }

  // An SDK phone with fresh tones as its microphone, registered if there is a stand-in.
  async phone(extension, codec = null) {
    const tones = await makeTones(this.folder, `microphone-${extension}`);
    const options = { name: extension, pageUrl: this.pageUrl, microphone: tones.wav };
    const phone = await BrowserPhone.open(this.scope, options);
    phone.tones = tones;
    this.#phones.push(phone);
    await phone.useCodec(codec);
    if (this.standin) {
      await phone.register(this.standin.sipInfo(extension));
      await this.standin.registered(extension);
    }
    return phone;
  }

  // Our own phone, registered; see launch() for `line` and `elements`.
  async pipeline(extension, line, ...elements) {
    const options = { ...this, extension };
    const pipeline = launch(this.scope, options, line, ...elements);
    this.#pipelines.push(pipeline);
    await pipeline.stillRunningAt(this.standin.registered(extension));
    return pipeline;
  }

  async expectHeard(phone, tones, options) {
    const verdict = await expectTones(await phone.saveHeard(), tones, options);
    this.say(`${phone.name} heard ${describe(verdict)}`);
  }

  async expectRecorded(wav, tones, options) {
    this.say(`we recorded ${describe(await expectTones(wav, tones, options))}`);
  }

  say(text) {
    console.log(`#   ${text}`);
  }

  // No case may leave a call on the server, break the protocol, or make the SDK stumble over
  // something that we or the stand-in sent (an exception in the page).
  async expectGoodManners() {
    const errors = this.#phones.flatMap((phone) => phone.pageErrors);
    if (errors.length > 0) throw new Error(`exceptions in the page:\n${errors.join('\n')}`);
    if (!this.standin) return;
    await this.standin.callsEnded();
    const violations = await this.standin.violations();
    if (violations.length > 0) throw new Error(`broken rules: ${JSON.stringify(violations)}`);
  }

  // Closes everything in the middle of a case, which then fails without a report.
  stop() {
    this.stopped = true;
    return this.scope.close();
  }

  // Everything known about a failed case.
  async report() {
    for (const phone of this.#phones) {
      console.log(await phone.transcript().catch((error) => String(error)));
    }
    for (const pipeline of this.#pipelines) console.log(`--- gst-launch\n${pipeline.output}`);
    if (this.standin) console.log(await this.standin.log().catch((error) => String(error)));
  }
}

// `times`: how often the case runs; every time with fresh tones.
export function repeated(cases) {
  return cases.flatMap(({ name, run, times = 1 }) =>
    Array.from({ length: times }, (_, i) => ({
      name: times === 1 ? name : `${name}, ${i + 1} of ${times}`,
      run,
    })));
}

async function runCase({ name, run }, bench) {
  const start = performance.now();
  const seconds = () => `${((performance.now() - start) / 1000).toFixed(1)} s`;
  try {
    await bench.open();
    await run(bench);
    await bench.expectGoodManners();
    console.log(`ok - ${name} (${seconds()})`);
    return true;
  } catch (error) {
    if (bench.stopped) return false;
    console.log(`not ok - ${name} (${seconds()})\n${error.stack}`);
    await bench.report();
    return false;
  } finally {
    await bench.scope.close();
  }
}

// Returns whether there were any and all passed.
export async function runCases(cases, build) {
  let current;
  const stop = async () => {
    await current?.stop();
    process.exit(130);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  let failed = 0;
  for (const each of cases) {
    current = new Bench(build);
    if (!(await runCase(each, current))) failed += 1;
  }
  console.log(`${cases.length - failed} passed, ${failed} failed`);
  return cases.length > 0 && failed === 0;
}
