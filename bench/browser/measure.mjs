// Measures what a page pays for each client's record() in a real Chromium, by how much is stored already, and prints a
// line for each row, its cells separated by tabs: what, unit, what the design asks, ours, the real @clerk/shared.

import { gzipSync } from 'node:zlib';
import { bundle, servePages, startProfile } from '../../sdk/typescript/test/web/stage.mjs';

const STORED = [0, 10, 1_000];
const ROUNDS = 21;
/** The clock of a page ticks ten times a millisecond. */
const ROUND_MS = 20;
/** 3 kB, as `test/web/size.test.mjs` holds it to. */
const BYTES_MAX = 3 * 1024;
const CALL_NS_MAX = 2_000;

// Nobody answers there, so that a page says it once and from then on keeps what is said.
const endpoint = 'http://127.0.0.1:9';
const clients = {
  aboveboard: bundle(`
    import { open } from 'aboveboard/browser';
    import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
    const fields = { component: 'Table', appearance: true, on_select: false };
    globalThis.begin = () => {
      const telemetry = open({ vocabulary, version: '2.1.0', development: () => true, notice: false, endpoint: '${endpoint}' });
      globalThis.say = () => telemetry.record('component_mounted', fields);
    };
    const day = new Date().toISOString().slice(0, 10);
    globalThis.remember = (keys) => (localStorage['aboveboard:acme-ui'] = JSON.stringify({ said: [day, ...keys] }));
  `),
  clerk: bundle(`
    import { TelemetryCollector } from '@clerk/shared/telemetry';
    const payload = { component: 'Table', appearanceProp: true, onSelect: false };
    const publishableKey = 'pk_test_' + btoa('what-a-call-costs-1.clerk.accounts.dev$');
    globalThis.begin = () => {
      const telemetry = new TelemetryCollector({ publishableKey, sdk: '@clerk/react', sdkVersion: '6.18.0' });
      globalThis.say = () => telemetry.record({ event: 'COMPONENT_MOUNTED', payload });
    };
    globalThis.remember = (keys) =>
      (localStorage.clerk_telemetry_throttler = JSON.stringify(Object.fromEntries(keys.map((key) => [key, Date.now()]))));
  `).replaceAll('https://clerk-telemetry.com', endpoint),
};

/** Nanoseconds of one call, and of one in a task of its own with what follows at its end. */
async function costs(browser, origin, name, stored) {
  const page = await browser.newPage();
  await page.goto(`${origin}/${name}`);
  const figures = await page.evaluate(
    async ([stored, rounds, ms]) => {
      localStorage.clear();
      for (let i = 0; i < stored; i++) localStorage[`other:${i}`] = '1';
      remember(Array.from({ length: stored }, (_, i) => `["component_mounted",{"component":"Other${i}"},true]`));
      begin();
      say();
      await new Promise((done) => setTimeout(() => requestIdleCallback(done), 500));
      const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
      const call = [];
      const task = [];
      for (let round = 0; round < rounds; round++) {
        let calls = 0;
        let start = performance.now();
        for (; performance.now() - start < ms; calls += 8) for (let i = 0; i < 8; i++) say();
        call.push(((performance.now() - start) * 1e6) / calls);
        await new Promise((done) => setTimeout(done));
        start = performance.now();
        for (calls = 0; performance.now() - start < ms; calls++) {
          say();
          await null;
          await null;
        }
        task.push(((performance.now() - start) * 1e6) / calls);
      }
      return [median(call), median(task)];
    },
    [stored, ROUNDS, ROUND_MS],
  );
  await page.close();
  return figures;
}

function print(what, unit, atMost, cells) {
  console.log(['row', what, unit, atMost, ...cells].join('\t'));
}

const pages = await servePages(clients);
const profile = await startProfile();
const browser = await profile.launch();
try {
  const rows = [[], []];
  for (const stored of STORED) {
    const ours = await costs(browser, pages.origin, 'aboveboard', stored);
    const theirs = await costs(browser, pages.origin, 'clerk', stored);
    rows.forEach((row, at) => row.push([stored, ours[at], theirs[at]]));
  }
  for (const [stored, ...cells] of rows[0]) print(`record(), ${stored} stored keys`, 'ns', CALL_NS_MAX, cells);
  for (const [stored, ...cells] of rows[1]) print(`a task that says one thing, ${stored} stored keys`, 'ns', '-', cells);
  const size = (code) => gzipSync(bundle(code, { minify: true, splitting: true, outdir: 'out' }), { level: 9 }).length;
  const sizes = ["{ open } from 'aboveboard/browser'", "{ TelemetryCollector } from '@clerk/shared/telemetry'"];
  print('weight of it in a page, as gzip sends it', 'B', BYTES_MAX, sizes.map((what) => size(`export ${what}`)));
} finally {
  await browser.close();
  await Promise.all([pages.stop(), profile.remove()]);
}
