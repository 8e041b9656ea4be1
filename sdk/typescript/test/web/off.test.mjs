// Off, each way: no request, and no entry in the browser's storage. And what a page says that nobody was told about.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bundle, kept, servePages, startAcmeUi, startProfile, wayTo } from './stage.mjs';

const acme = bundle(`
  import { open } from 'aboveboard/browser';
  import { RULES } from './node_modules/aboveboard/dist/esm/browser/rules.js';
  import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
  globalThis.say = async ({ development = true, mode = 'on', ...more }) => {
    const options = { version: '2.1.0', notice: false, ...more, vocabulary: { ...vocabulary, mode }, development: () => development };
    const telemetry = open(options);
    telemetry.record('method_called', { method: 'openSignIn' });
    telemetry.recordOnce('component_mounted', { component: 'Table' });
    await telemetry.flush();
    telemetry.record('method_called', { method: 'openSignIn' });
    await telemetry.close();
    return RULES[telemetry.rule()];
  };
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

/** Says something in a fresh page, and tells by which rule, what left the page, and what stayed in it. */
async function said(more, { script, storage = {} } = {}) {
  const page = await browser.newPage();
  if (script) await page.addInitScript(script);
  await page.goto(`${pages.origin}/acme`);
  await page.evaluate((storage) => (localStorage.clear(), Object.assign(localStorage, storage)), storage);
  const before = way.requests.length;
  const rule = await page.evaluate((more) => say(more), { endpoint: way.origin, ...more });
  const entries = await page.evaluate(() => Object.keys(localStorage));
  await page.close();
  return { rule, requests: way.requests.length - before, entries };
}

const signal = (name, value) => `Object.defineProperty(Navigator.prototype, '${name}', { get: () => ${value} })`;
const OFF = [
  ['prop_off', { telemetry: false }],
  ['prop_off', { telemetry: { disabled: true } }],
  ['prop_off', { telemetry: false, env: { ACME_UI_TELEMETRY: '1' } }],
  ['do_not_track', { env: { DO_NOT_TRACK: '1' } }],
  ['do_not_track', { env: { VITE_DO_NOT_TRACK: 'yes', ACME_UI_TELEMETRY: '1' } }],
  ['do_not_track', {}, signal('doNotTrack', "'1'")],
  ['tool_disabled', { env: { ACME_UI_TELEMETRY_DISABLED: '1' } }],
  ['tool_disabled', { env: { NEXT_PUBLIC_ACME_UI_TELEMETRY_DISABLED: 'true', ACME_UI_TELEMETRY_DISABLED: '0' } }],
  ['tool_disabled', { env: { VITE_ACME_UI_TELEMETRY_DISABLED: true } }],
  ['tool_disabled', { env: { PUBLIC_ACME_UI_TELEMETRY_DISABLED: 'yes' } }],
  ['tool_disabled', { env: { NUXT_PUBLIC_ACME_UI_TELEMETRY_DISABLED: 'on' } }],
  ['tool_disabled', {}, "globalThis.process = { env: { ACME_UI_TELEMETRY_DISABLED: '1' } }"],
  ['tool_variable_off', { env: { ACME_UI_TELEMETRY: '0' } }],
  ['tool_variable_off', { env: { ACME_UI_TELEMETRY: 'nope', VITE_ACME_UI_TELEMETRY: '1' } }],
  ['global_privacy_control', {}, signal('globalPrivacyControl', 'true')],
  ['global_privacy_control', { env: { ACME_UI_TELEMETRY: '1' } }, signal('globalPrivacyControl', 'true')],
  ['automated', {}, signal('webdriver', 'true')],
  ['not_development', { development: false }],
  ['not_development', { development: false, env: { ACME_UI_TELEMETRY: '1' } }],
  ['default_off', { mode: 'off' }],
  ['default_off', { mode: 'ask' }],
];

for (const [rule, more, script] of OFF) {
  test(`${rule}: ${script ?? JSON.stringify(more)}`, async () => {
    assert.deepEqual(await said(more, { script }), { rule, requests: 0, entries: [] });
  });
}

test('an off deletes what waits, and what was remembered', async () => {
  const storage = { 'aboveboard:acme-ui': '{"told":"interaction"}', 'aboveboard:acme-ui:2026-11-22:1': '{}' };
  for (const more of [{ telemetry: false }, { env: { DO_NOT_TRACK: '1' } }]) {
    assert.deepEqual((await said(more, { storage })).entries, []);
  }
});

test('other storage is left alone, and a full or forbidden one is no reason to fail', async () => {
  const storage = { mine: '1', 'aboveboard:acme': 'of another tool' };
  assert.deepEqual((await said({ telemetry: false }, { storage })).entries.sort(), ['aboveboard:acme', 'mine']);
  const full = "Storage.prototype.setItem = () => { throw new Error('full') }";
  assert.equal((await said({}, { script: full })).requests, 2);
  const forbidden = "Object.defineProperty(window, 'localStorage', { get() { throw new Error('forbidden') } })";
  const page = await browser.newPage();
  await page.addInitScript(forbidden);
  await page.goto(`${pages.origin}/acme`);
  assert.equal(await page.evaluate((more) => say(more), { endpoint: way.origin }), 'default_on');
  await page.close();
});

test('nothing is said in the page that tells; the next one may speak, also by another tab', async () => {
  const page = await browser.newPage();
  await page.goto(`${pages.origin}/acme`);
  await page.evaluate(() => localStorage.clear());
  const heard = [];
  page.on('console', (line) => heard.push([line.type(), line.text()]));
  const tell = () => page.evaluate((more) => say(more), { endpoint: way.origin, notice: 'https://acme.example/ui/telemetry' });
  const before = way.requests.length;
  assert.equal(await tell(), 'notice_due');
  assert.equal(way.requests.length, before);
  const notice = 'acme-ui sends usage data from the next page on: https://acme.example/ui/telemetry. ACME_UI_TELEMETRY=0 stops it.';
  assert.deepEqual(heard, [['info', notice]]);
  await page.reload();
  assert.equal(await tell(), 'default_on');
  assert.equal(heard.length, 1);
  assert.ok(way.requests.length > before);
  await page.close();
});

test('a yes of the person needs no notice', async () => {
  const more = { notice: 'https://acme.example', env: { VITE_ACME_UI_TELEMETRY: 'on' }, mode: 'ask' };
  assert.equal((await said(more)).rule, 'tool_variable_on');
});

test('a debugging page shows each fate and the exact body, and sends and keeps nothing', async () => {
  const page = await browser.newPage();
  const heard = [];
  page.on('console', (line) => heard.push(`${line.type()} ${line.text()}`));
  await page.goto(`${pages.origin}/acme`);
  await page.evaluate(() => localStorage.clear());
  const before = way.requests.length;
  await page.evaluate((more) => say(more), { endpoint: way.origin, telemetry: { debug: true } });
  assert.deepEqual([way.requests.length - before, await page.evaluate(() => Object.keys(localStorage))], [0, []]);
  assert.equal(heard[0], 'startGroupCollapsed acme-ui telemetry, by default_on');
  assert.equal(heard[1], 'log would be sent: 1 × method_called{"method":"openSignIn"}');
  assert.match(heard[3], /^log the body: \{"v":1,.*"events":\[.*\]\}$/);
  heard.length = 0;
  await page.evaluate((more) => say(more), { endpoint: way.origin, telemetry: { debug: 'send' } });
  const body = way.requests.at(-2).body;
  assert.ok(heard.includes(`log the body: ${body}`), heard.join('\n'));
  assert.ok(heard.some((line) => line.startsWith('log answered 200')));
  heard.length = 0;
  await page.evaluate((more) => say(more), { endpoint: way.origin, telemetry: { debug: true }, env: { DO_NOT_TRACK: '1' } });
  assert.ok(heard.includes('log off: 1 × method_called{"method":"openSignIn"}'), heard.join('\n'));
  const sent = way.requests.length;
  await page.evaluate((more) => say(more), { endpoint: way.origin, telemetry: { debug: 'send' }, env: { VITE_ACME_UI_TELEMETRY: 'debug' } });
  assert.equal(way.requests.length, sent, 'a variable that asks to see it sends nothing, whatever the code says');
  await page.close();
});
