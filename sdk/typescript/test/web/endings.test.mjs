// How pages end, and what then arrives: ours, and side by side the real @clerk/shared, whose host alone is replaced.
//
// Each row says something in so many pages, ends each page in one way, and visits the site once more. What a closing
// browser cuts off waits in its storage until then; ours must have arrived, each event once. Clerk's losses are told.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';
import { bundle, kept, servePages, startAcmeUi, startProfile, wayTo } from './stage.mjs';

const PAGES = 4;

const acme = (endpoint) => bundle(`
  import { open } from 'aboveboard/browser';
  import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
  const telemetry = open({ vocabulary, version: '2.1.0', development: () => true, notice: false, endpoint: '${endpoint}' });
  globalThis.say = () => telemetry.record('method_called', { method: 'openSignIn' });
  globalThis.settled = () => telemetry.flush();
`);
const clerk = (endpoint) => bundle(`
  import { TelemetryCollector } from '@clerk/shared/telemetry';
  const publishableKey = 'pk_test_' + btoa('page-endings-1.clerk.accounts.dev$');
  const telemetry = new TelemetryCollector({ publishableKey, sdk: '@clerk/react', sdkVersion: '6.18.0' });
  globalThis.say = (i) => telemetry.record({ event: 'METHOD_CALLED', payload: { method: 'openSignIn', i } });
  globalThis.settled = () => new Promise((done) => requestIdleCallback(done));
`).replaceAll('https://clerk-telemetry.com', endpoint);

/** How a page ends after it has said something. */
const ENDINGS = {
  'closed right after': async (page, i) => {
    await page.evaluate((i) => say(i), i);
    await page.close();
  },
  'left in the same task': async (page, i) => {
    await page.evaluate((i) => (say(i), (location.href = 'about:blank')), i);
    await page.waitForURL('about:blank');
    await page.close();
  },
  'said in pagehide': async (page, i) => {
    await page.evaluate((i) => addEventListener('pagehide', () => say(i)), i);
    await page.close({ runBeforeUnload: true });
  },
  'busy main thread': async (page, i) => {
    await page.evaluate((i) => {
      say(i);
      const busy = () => {
        for (const end = performance.now() + 40; performance.now() < end; );
        setTimeout(busy);
      };
      busy();
      return new Promise((done) => setTimeout(done, 300));
    }, i);
    await page.close();
  },
};

const sides = {};
let pages, profile, browser;

before(async () => {
  const [ours, theirs] = await Promise.all([startAcmeUi(), startCollector()]);
  sides.acme = { collector: ours, way: await wayTo(ours.origin), arrived: async () => (await kept(ours)).method_called ?? 0 };
  sides.clerk = { collector: theirs, way: await wayTo(theirs.origin), arrived: async () => (await kept(theirs, 'event', 'clerk')).METHOD_CALLED ?? 0 };
  pages = await servePages({ acme: acme(sides.acme.way.origin), clerk: clerk(sides.clerk.way.origin), plain: 'globalThis.settled = null;' });
  profile = await startProfile();
  browser = await profile.launch();
});

after(async () => {
  await browser?.close();
  const stops = Object.values(sides).flatMap(({ way, collector }) => [way.stop(), collector.stop()]);
  await Promise.all([...stops, pages?.stop(), profile?.remove()]);
});

async function visited(name) {
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/${name}`);
  await page.evaluate(() => globalThis.settled !== undefined);
  return page;
}

let said = 0;

/** Runs one ending on both sides; what is not there after one more visit is lost. */
async function losses(end, each = 1) {
  const lost = {};
  for (const [name, { arrived }] of Object.entries(sides)) {
    const before = await arrived();
    for (let i = 0; i < PAGES; i++) await end(name, said++);
    // What waits is acknowledged when this page has settled; what was under way before it, too.
    const page = await visited(name);
    await page.evaluate(() => settled());
    await page.close();
    lost[name] = PAGES * each - ((await arrived()) - before);
  }
  return lost;
}

for (const [ending, end] of Object.entries(ENDINGS)) {
  test(ending, async (context) => {
    const lost = await losses(async (name, i) => end(await visited(name), i));
    context.diagnostic(`lost of ${PAGES}: aboveboard ${lost.acme}, @clerk/shared ${lost.clerk}`);
    assert.equal(lost.acme, 0);
  });
}

/** Quits the browser, and says whether what a page wrote itself just before, in the same task, was still there. */
async function quit(page, i) {
  await page.evaluate((i) => ((localStorage.control = i), say(i)), i);
  await browser.close();
  browser = await profile.launch();
  const next = await visited('plain');
  const control = await next.evaluate(() => localStorage.control);
  await next.close();
  return control === `${i}`;
}

test('the whole browser quits', async (context) => {
  let forgotten = 0;
  const lost = await losses(async (name, i) => {
    const wasKept = await quit(await visited(name), i);
    if (name === 'acme' && !wasKept) forgotten++;
  });
  context.diagnostic(`lost of ${PAGES}: aboveboard ${lost.acme}, @clerk/shared ${lost.clerk}; by the browser itself ${forgotten}`);
  assert.ok(lost.acme >= 0 && lost.acme <= forgotten);
});

test('the whole browser quits, while a page that says much waits with the rest of it', async (context) => {
  let forgotten = 0;
  const lost = await losses(async (name, i) => {
    const page = await visited(name);
    // What it does when it is idle for the first time, it has done.
    await page.evaluate(() => new Promise((done) => setTimeout(() => requestIdleCallback(done))));
    // Up to eight seconds, in which it says more: here they do not end.
    await page.evaluate((i) => ((globalThis.setTimeout = () => 0), say(i), settled()), i);
    for (let task = 1; task < 4; task++) await page.evaluate((i) => say(i), i + task / 10);
    if (name === 'acme') assert.equal(await page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('+')).length), 1);
    const wasKept = await quit(page, i + 0.9);
    if (name === 'acme' && !wasKept) forgotten++;
  }, 5);
  context.diagnostic(`lost of ${5 * PAGES}: aboveboard ${lost.acme}, @clerk/shared ${lost.clerk}; by the browser itself in ${forgotten} of ${PAGES}`);
  assert.ok(lost.acme >= 0 && lost.acme <= 4 * forgotten);
});

test('nobody answers, and later somebody does', async (context) => {
  const lost = await losses(async (name, i) => {
    sides[name].way.shut = true;
    const page = await visited(name);
    await page.evaluate((i) => (say(i), settled()), i);
    await page.close();
    sides[name].way.shut = false;
  });
  context.diagnostic(`lost of ${PAGES}: aboveboard ${lost.acme}, @clerk/shared ${lost.clerk}`);
  assert.equal(lost.acme, 0);
});
