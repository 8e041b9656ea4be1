// Where there is no page: workers, edges, apps of React Native. Code runs with the globals of each, and no other.

import assert from 'node:assert/strict';
import { createContext, runInContext } from 'node:vm';
import { test } from 'node:test';
import { bundle } from './stage.mjs';

const code = bundle(
  `
  import { open } from 'aboveboard/browser';
  import { oneIn } from 'aboveboard/sampling';
  import { RULES } from './node_modules/aboveboard/dist/esm/browser/rules.js';
  import { acmeUi as vocabulary } from '../../../../examples/hello-react/src/acme-ui.ts';
  export const say = async (options) => {
    const telemetry = open({ vocabulary, version: '2.1.0', development: () => true, notice: false, ...options });
    telemetry.record('method_called', { method: 'openSignIn' });
    telemetry.recordOnce('component_mounted', { component: 'Table' });
    await telemetry.flush();
    return RULES[telemetry.rule()];
  };
  export { oneIn };
`,
  { format: 'iife', globalName: 'sdk' },
);

/** Runs the SDK among these globals: what it sent, and by which rule. */
async function said(globals, options = {}) {
  const sent = [];
  const fetch = async (url, init) => (sent.push({ url, ...init }), { status: globals.status ?? 200 });
  const context = createContext({ fetch, setTimeout, console: { info: assert.fail, log() {}, groupCollapsed() {}, groupEnd() {} }, ...globals });
  runInContext(code, context);
  return { rule: await context.sdk.say(options), sent, sdk: context.sdk };
}

const SHAPES = {
  'a worker of Cloudflare': { navigator: { userAgent: 'Cloudflare-Workers' } },
  'an edge': { EdgeRuntime: 'edge', process: { env: {} } },
  'an app of React Native': { navigator: { product: 'ReactNative' }, window: {} },
  'a process that a bundler made': { process: {} },
  nothing: {},
};

for (const [shape, globals] of Object.entries(SHAPES)) {
  test(`${shape}: says what people were told about elsewhere, and only then`, async () => {
    const { rule, sent } = await said(globals);
    assert.deepEqual([rule, sent.length], ['default_on', 1]);
    assert.deepEqual(Object.keys(sent[0]), ['url', 'method', 'body'], 'settings that only pages know');
    assert.equal(JSON.parse(sent[0].body).first, undefined, 'without storage nobody knows what is the first');
    assert.deepEqual((await said(globals, { notice: 'https://acme.example' })).rule, 'unattended');
    assert.deepEqual((await said(globals, { notice: 'https://acme.example' })).sent, []);
  });
}

test('in Node nothing is said: pages are rendered and tested there', async () => {
  const { rule, sent } = await said({ process: { versions: { node: '20.0.0' }, env: {} } });
  assert.deepEqual([rule, sent], ['automated', []]);
});

test('a host without fetch, or with a predicate that throws, hears nothing of it', async () => {
  assert.equal((await said({ fetch: undefined })).rule, 'default_on');
  const { rule } = await said({}, { development: () => assert.fail('not for the host') });
  assert.equal(rule, 'unattended');
});

test('what is said once a day is marked after it arrived, and of earlier days nothing is kept', async () => {
  const storage = { 'aboveboard:acme-ui': JSON.stringify({ said: ['2020-01-01', 'old'] }) };
  const events = ({ sent }) => sent.flatMap(({ body }) => JSON.parse(body).events.map(({ event }) => event));
  const failed = await said({ status: 503 }, { storage });
  assert.deepEqual(events(failed), ['method_called', 'component_mounted']);
  assert.match(storage['aboveboard:acme-ui'], /2020-01-01/, 'nothing arrived, nothing is marked');
  // The next page sends what waits, and does not say once more what is on its way.
  assert.deepEqual(events(await said({}, { storage })).sort(), ['component_mounted', 'method_called', 'method_called']);
  const day = new Date().toISOString().slice(0, 10);
  assert.deepEqual(JSON.parse(storage['aboveboard:acme-ui']).said, [day, '["component_mounted",{"component":"Table"},true]']);
  assert.deepEqual(events(await said({}, { storage })), ['method_called']);
});

test('a batch of an earlier day that arrives late takes nothing back of what is marked today', async () => {
  const key = '["component_mounted",{"component":"Table"},true]';
  const marked = { said: [new Date().toISOString().slice(0, 10), key] };
  const storage = { 'aboveboard:acme-ui': JSON.stringify(marked), 'aboveboard:acme-ui:2020-01-01:1': JSON.stringify([key, '{}']) };
  assert.deepEqual((await said({}, { storage })).sent.map(({ body }) => JSON.parse(body).events?.length), [undefined, 1]);
  assert.deepEqual(JSON.parse(storage['aboveboard:acme-ui']).said, marked.said);
});

test('rows of an earlier day that are sealed late are the first of nothing, as in Node', async () => {
  const today = new Date().toISOString().slice(0, 10);
  const rows = JSON.stringify([['["method_called",{"method":"useSession"},false]', 1]]);
  const storage = { 'aboveboard:acme-ui:2020-01-01+1': rows };
  const firsts = async () => (await said({}, { storage })).sent.map(({ body }) => JSON.parse(body)).map(({ day, first }) => [day, first]);
  assert.deepEqual(await firsts(), [['2020-01-01', ['day', 'week', 'month']], [today, ['day', 'week', 'month']]]);
  storage['aboveboard:acme-ui:2020-01-01+2'] = rows;
  assert.deepEqual(await firsts(), [['2020-01-01', undefined], [today, undefined]]);
});

test('a batch that never will arrive is given up, and so is a collector that says 410', async () => {
  const waiting = (storage) => Object.keys(storage).filter((key) => key.includes(':', 'aboveboard:'.length));
  const [refused, gone] = [{}, {}];
  await said({ status: 400 }, { storage: refused });
  assert.deepEqual(waiting(refused), []);
  await said({ status: 410 }, { storage: gone });
  assert.deepEqual(waiting(gone), []);
  const { rule, sent } = await said({}, { storage: gone });
  assert.deepEqual([rule, sent], ['ended', []]);
});

test('what another page has sent in the meantime is not sent, nor is anything in its place', async () => {
  const [storage, sent] = [{}, []];
  const { flush } = await lasting(503, storage, sent);
  assert.equal(sent.length, 1);
  for (const key of Object.keys(storage).filter((key) => key.includes(':', 'aboveboard:'.length))) delete storage[key];
  await flush();
  assert.equal(sent.length, 1, sent[1]);
});

test('rows that two pages find at once, before either sees what the other does, are one batch by its id', async () => {
  const storage = {};
  const { record } = await lasting(200, storage, []);
  record('method_called', { method: 'exportTable' });
  await Promise.resolve();
  const found = async () => (await said({}, { storage: { ...storage } })).sent.map(({ body }) => body).filter((body) => body.includes('exportTable'));
  const [one, other] = await Promise.all([found(), found()]);
  assert.deepEqual([one.length, other], [1, one]);
});

/** The telemetry of a page that has said something, and goes on. */
async function lasting(status, storage, sent) {
  const context = createContext({ setTimeout, fetch: async (_, { body }) => (sent.push(body), { status }) });
  runInContext(code.replace('return RULES', 'globalThis.telemetry = telemetry; return RULES'), context);
  await context.sdk.say({ storage });
  return context.telemetry;
}

test('what waits is bounded, the oldest goes first', async () => {
  const storage = {};
  for (let page = 0; page < 20; page++) await said({ status: 503 }, { storage });
  assert.equal(Object.keys(storage).length, 16 + 1);
});

test('a sample is sticky, and its rate is carried by the batch', async () => {
  const sampled = async (storage, rate) => {
    const { sdk } = await said({});
    const { sent } = await said({}, { storage, sample: sdk.oneIn((event) => (event === 'method_called' ? rate : 1)) });
    return sent.flatMap(({ body }) => (({ origin, events }) => events.map(({ event }) => [event, origin.one_in]))(JSON.parse(body))).sort();
  };
  const drawn = (place) => ({ 'aboveboard:acme-ui': JSON.stringify({ drawn: [new Date().toISOString().slice(0, 7), place] }) });
  for (let again = 0; again < 3; again++) {
    assert.deepEqual(await sampled(drawn(0.09), 10), [['component_mounted', undefined], ['method_called', '10']]);
    assert.deepEqual(await sampled(drawn(0.11), 10), [['component_mounted', undefined]]);
  }
  assert.deepEqual((await sampled(drawn(0.99), 7)).length, 2, 'a rate that cannot be carried leaves nothing out');
});

test('no body comes near what a closing page may send', async () => {
  const { sdk } = await said({});
  assert.ok(sdk);
  const sent = [];
  const context = createContext({ setTimeout, fetch: async (_, { body }) => (sent.push(body), { status: 200 }) });
  runInContext(code.replace('telemetry.record(', 'for (let i = 1; i < 6e4; i *= 1.01) telemetry.record("method_called", { duration: i }); telemetry.record('), context);
  await context.sdk.say({});
  assert.ok(sent.length > 1 && sent.every((body) => body.length < 48_000), `${sent.map((body) => body.length)}`);
});
