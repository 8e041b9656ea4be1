// One page reports to a real collector: what arrives, in which form, and how often.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, kept, servePages, startAcmeUi, startProfile, until, wayTo } from './stage.mjs';

const acme = bundle(`
  import { open } from 'aboveboard/browser';
  import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
  const options = { vocabulary, version: '2.1.0', development: () => true, notice: false };
  globalThis.begin = (more) => (globalThis.telemetry = open({ ...options, ...more }));
`);

let collector, pages, way, profile, browser;

before(async () => {
  [collector, pages, profile] = await Promise.all([startAcmeUi(), servePages({ acme }), startProfile()]);
  way = await wayTo(collector.origin);
  browser = await profile.launch();
});

after(async () => {
  await browser?.close();
  await Promise.all([way?.stop(), pages?.stop(), collector?.stop(), profile?.remove()]);
});

/** A page on which `telemetry` is open. */
async function opened(more = {}) {
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/acme`);
  await page.evaluate(([more]) => begin(more), [{ endpoint: way.origin, ...more }]);
  return page;
}

test('events arrive in one batch, as text, without a preflight, a cookie or an address of the page', async () => {
  const page = await opened();
  await page.evaluate(() => {
    for (let i = 0; i < 3; i++) telemetry.record('method_called', { method: 'openSignIn', duration: 12.34 });
    telemetry.record('component_mounted', { component: 'Table', appearance: true, on_select: undefined });
    return telemetry.flush();
  });
  const [request] = way.requests.filter(({ method }) => method === 'POST');
  assert.deepEqual(way.requests.filter(({ method }) => method !== 'POST'), []);
  assert.equal(request.headers['content-type'], 'text/plain;charset=UTF-8');
  assert.deepEqual([request.headers.cookie, request.headers.referer], [undefined, undefined]);
  const { id, day, ...rest } = JSON.parse(request.body);
  assert.match(id, /^[0-9a-f]{32}$/);
  assert.equal(day, new Date().toISOString().slice(0, 10));
  assert.deepEqual(rest, {
    v: 1,
    tool: 'acme-ui',
    first: ['day', 'week', 'month'],
    catalogue: rest.catalogue,
    origin: { version: '2.1.0' },
    events: [
      { event: 'method_called', n: 3, fields: { method: 'openSignIn', duration: 12.82 } },
      { event: 'component_mounted', fields: { component: 'Table', appearance: true } },
    ],
  });
  assert.deepEqual(await kept(collector), { method_called: 3, component_mounted: 1 });
  await page.close();
});

test('what a page that says much lets wait is sent by whoever comes first, and once', async () => {
  const before = (await kept(collector)).method_called;
  const say = () => telemetry.record('method_called', { method: 'openSignUp' });
  const [first, second] = [await opened(), await opened()];
  await first.evaluate(`(${say})(), telemetry.flush()`);
  await first.evaluate(say);
  await second.reload();
  await second.evaluate(([more]) => (begin(more), telemetry.flush()), [{ endpoint: way.origin }]);
  assert.equal((await kept(collector)).method_called, before + 2);
  // Browsers tell a page a moment later what another one did to the storage that they share.
  await first.waitForFunction(() => !Object.keys(localStorage).some((key) => key.includes('+')));
  await first.evaluate(say);
  await first.evaluate(say);
  await first.evaluate(() => telemetry.flush());
  assert.equal((await kept(collector)).method_called, before + 4);
  assert.deepEqual(await first.evaluate(() => Object.keys(localStorage)), ['aboveboard:acme-ui']);
  await Promise.all([first.close(), second.close()]);
});

test('what is larger than a closing page may send arrives too', async () => {
  const edges = Array.from({ length: 60 }, (_, edge) => edge);
  const flags = Object.fromEntries(edges.map((edge) => [`a_declared_property_${edge}`, { flag: true }]));
  const vocabulary = { tool: 'acme-ui', mode: 'on', origin: {}, events: { mounted: { ...flags, at: { unit: 'ms', edges } } } };
  const page = await opened({ vocabulary });
  const before = way.requests.length;
  await page.evaluate(([edges, names]) => {
    const given = Object.fromEntries(names.map((name) => [name, false]));
    for (const at of edges) telemetry.record('mounted', { ...given, at });
    return telemetry.flush();
  }, [edges, Object.keys(flags)]);
  const bodies = way.requests.slice(before).map(({ body }) => body);
  assert.ok(bodies.some((body) => body.length > 64 * 1024), `${bodies.map((body) => body.length)}`);
  assert.equal(bodies.flatMap((body) => JSON.parse(body).events).length, edges.length);
  await page.close();
});

test('recording looks at nothing that the browser keeps, and so takes as long however much that is', async (context) => {
  for (const entries of [0, 1000, 20_000]) {
    const page = await opened();
    const [nanoseconds, looks] = await page.evaluate((entries) => {
      for (let i = 0; i < entries; i++) localStorage.setItem(`other:${i}`, '1');
      const fields = { component: 'Table', appearance: true, on_select: false };
      const record = (times) => {
        const start = performance.now();
        for (let i = 0; i < times; i++) telemetry.record('component_mounted', fields);
        return ((performance.now() - start) * 1e6) / times;
      };
      let looks = 0;
      const { getItem } = Storage.prototype;
      Storage.prototype.getItem = Storage.prototype.setItem = () => void looks++;
      Object.defineProperty(window, 'localStorage', { configurable: true, get: () => void looks++ });
      record(20_000);
      const best = Math.min(record(20_000), record(20_000), record(20_000));
      Storage.prototype.getItem = getItem;
      delete window.localStorage;
      return [best, looks];
    }, entries);
    context.diagnostic(`record() with ${entries} entries: ${Math.round(nanoseconds)} ns`);
    assert.equal(looks, 0);
    await page.close();
  }
});
