// Votes over HTTP, as an overlay and as others send them: each answer, and each way of being off with its true reason.

import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { test } from 'node:test';
import { Desk, codes, vocabulary } from '../coded.mjs';
import { feedbackHandler, open } from '../../dist/esm/node/index.js';
import { keep } from '../../dist/esm/node/votes.js';

const CODE = 'ACME_CONFIG_MISSING';
const PATH = '/__aboveboard/feedback';

/** A development server of this desk. */
async function serve(t, desk, more = {}) {
  const telemetry = open({ ...desk.tool, around: desk.around });
  // What surrounds a process can change while it runs.
  const handler = feedbackHandler({ tool: desk.tool, telemetry, around: desk.around, ...more });
  const passed = (response) => (error) => response.writeHead(error ? 500 : 404).end(String(error ?? 'not ours'));
  const server = createServer((request, response) => handler(request, response, passed(response)));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => (server.close(), server.closeAllConnections()));
  const host = `127.0.0.1:${server.address().port}`;
  const call = (method, path, body, headers = { origin: `http://${host}` }) =>
    new Promise((resolve, reject) => {
      const sent = request(`http://${host}${path}`, { method, headers }, async (response) => {
        const parts = await response.toArray();
        const text = String(Buffer.concat(parts));
        const isJson = response.headers['content-type'] === 'application/json';
        resolve({ status: response.statusCode, body: isJson ? JSON.parse(text) : text, headers: response.headers });
      });
      sent.on('error', reject).end(typeof body === 'object' ? JSON.stringify(body) : body);
    });
  const vote = (body, headers) => call('POST', PATH, body, headers);
  return { host, telemetry, call, vote, state: (code = CODE) => call('GET', `${PATH}?code=${code}`, undefined, {}) };
}

test('a vote of an own page is recorded once a code and month, behind the error that it is about', async (t) => {
  const desk = new Desk(t);
  const { telemetry, vote } = await serve(t, desk);
  telemetry.error(CODE);
  assert.equal((await vote({ code: CODE, helpful: false, reason: 'wrong_cause' })).status, 202);
  assert.deepEqual(desk.events(), [
    { event: 'error_shown', code: CODE },
    { event: 'feedback_given', code: CODE, helpful: false, reason: 'wrong_cause', surface: 'overlay' },
  ]);
  const again = await vote({ code: CODE, helpful: true });
  assert.deepEqual([again.status, again.body], [409, { reason: 'there was a vote on this code in this month' }]);
  assert.equal((await vote({ code: 'ACME_DISK_FULL', helpful: true, reason: null })).status, 202);
  assert.equal(desk.events().length, 3);
});

test('what would be said is shown before, and asking leaves no trace', async (t) => {
  const desk = new Desk(t);
  const { state, vote } = await serve(t, desk);
  const { status, body, headers } = await state();
  assert.deepEqual([status, body.enabled, body.reason, body.voted], [200, true, null, false]);
  assert.equal(headers['cache-control'], 'no-store');
  assert.deepEqual([desk.events(), desk.text('votes')], [[], undefined]);
  await vote({ code: CODE, helpful: true });
  const { event, ...fields } = desk.events()[0];
  const { day, ...said } = body.sends;
  assert.match(day, /^\d{4}-\d\d-\d\d$/);
  assert.deepEqual(said, { tool: 'acme', origin: { version: '1.4.2' }, events: [{ event, fields }] });
  assert.equal((await state()).body.voted, true);
});

test('only an own page votes', async (t) => {
  const desk = new Desk(t);
  const { host, vote, call } = await serve(t, desk);
  const body = { code: CODE, helpful: true };
  for (const origin of ['https://evil.example', 'null', `http://${host}.evil.example`, 'http://127.0.0.1:1', '']) {
    assert.equal((await vote(body, { origin })).status, 403, origin);
  }
  assert.equal((await vote(body, {})).status, 403, 'no Origin');
  assert.equal((await vote(body, { host: 'evil.example', origin: `http://${host}` })).status, 403);
  for (const method of ['PUT', 'DELETE', 'OPTIONS']) {
    const { status, headers } = await call(method, PATH);
    assert.deepEqual([status, headers.allow], [405, 'GET, POST']);
  }
  assert.deepEqual(desk.events(), []);
  assert.equal((await vote(body)).status, 202);
});

test('only a declared code, a declared reason, and a body of a few bytes', async (t) => {
  const desk = new Desk(t);
  const { vote, state } = await serve(t, desk);
  for (const code of ['ACME_NOPE', '/home/alice/secret', 'other', '', 'constructor']) {
    const { status, body } = await vote({ code, helpful: true });
    assert.deepEqual([status, body.reason], [422, 'that is not a declared error code: a code is the name of a page in errors/']);
    assert.equal((await state(encodeURIComponent(code))).status, 422);
  }
  assert.equal((await vote({ code: CODE, helpful: false, reason: 'it is my fault, says Alice' })).status, 422);
  for (const body of ['', '{', '[]', 'null', { code: CODE }, { code: CODE, helpful: 'true' }, { code: 7, helpful: true }, { code: CODE, helpful: true, reason: 7 }]) {
    assert.equal((await vote(body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await vote({ code: CODE, helpful: true, more: 'x'.repeat(1_024) })).status, 413);
  assert.deepEqual(desk.events(), []);
});

const OFF = {
  'DO_NOT_TRACK=1 in the environment': (desk) => (desk.variables.DO_NOT_TRACK = '1'),
  'ACME_TELEMETRY_DISABLED=1 in the environment': (desk) => (desk.variables.ACME_TELEMETRY_DISABLED = '1'),
  'ACME_TELEMETRY=0 in the environment': (desk) => (desk.variables.ACME_TELEMETRY = '0'),
  'ACME_TELEMETRY=debug in the environment': (desk) => (desk.variables.ACME_TELEMETRY = 'debug'),
  'ACME_FEEDBACK=0 in the environment': (desk) => (desk.variables.ACME_FEEDBACK = '0'),
  'you chose so': (desk) => desk.install.saveChoice('off'),
  'you chose so; acme telemetry feedback on changes that': (desk) => writeFileSync(desk.path('votes'), 'never\n'),
  '.acme-telemetry.toml of this project': (desk) => file(join(desk.home, 'project/.acme-telemetry.toml'), 'mode = "off"\n'),
  'the policy of this machine, ': (desk) => file(join(desk.home, 'etc/acme/telemetry.toml'), 'mode = "off"\n'),
  'the collector said that it wants no more, ever': (desk) => writeFileSync(desk.path('ended'), ''),
  'there is no home folder for settings': (desk) => (desk.isHomeless = true),
  'nobody was told yet what it sends, and there is no person': (desk) => ((desk.variables = {}), (desk.sits = false)),
};

function file(path, text) {
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
}

for (const [reason, arrange] of Object.entries(OFF)) {
  test(`off: ${reason}`, async (t) => {
    const desk = new Desk(t);
    arrange(desk);
    const { vote, state } = await serve(t, desk);
    const { status, body } = await state();
    assert.deepEqual([status, body.enabled], [200, false]);
    assert.ok(body.reason.startsWith(reason), body.reason);
    const refused = await vote({ code: CODE, helpful: true });
    assert.deepEqual([refused.status, refused.body.reason], [403, body.reason]);
    assert.deepEqual([desk.events(), desk.events('local')], [[], []]);
  });
}

test('who switches it off while somebody is asked is obeyed', (t) => {
  const desk = new Desk(t);
  desk.install.saveChoice('off');
  keep(desk.install, { code: CODE, helpful: true, surface: 'terminal' }, 1_795_339_800, 1n);
  assert.deepEqual([desk.text('queue'), desk.text('local')], [undefined, undefined]);
});

test('a server that began while it was off takes no vote before its next start', async (t) => {
  const desk = new Desk(t);
  desk.variables = {};
  // Whoever starts it is told now, and may see it recorded from the next run on.
  const { vote, state } = await serve(t, desk);
  assert.equal((await state()).body.reason, 'it was off when acme started; it counts from the next start on');
  assert.equal((await vote({ code: CODE, helpful: true })).status, 403);
  assert.equal((await (await serve(t, desk)).vote({ code: CODE, helpful: true })).status, 202);
});

test("Next.js's old GET is understood where somebody asks for it, and nowhere else", async (t) => {
  const next = (query) => `/docs/__nextjs_error_feedback${query}`;
  const plain = await serve(t, new Desk(t));
  assert.equal((await plain.call('GET', next(`?errorCode=${CODE}&wasHelpful=true`))).status, 404);
  const list = structuredClone(vocabulary);
  list.events.feedback_given.code = { code: ['E394', ...codes] };
  const desk = new Desk(t, list);
  const { host, call } = await serve(t, desk, { dialect: 'nextjs' });
  for (const query of ['', '?errorCode=E394', '?wasHelpful=true', '?errorCode=&wasHelpful=true']) {
    assert.equal((await call('GET', next(query), undefined, {})).status, 400, query);
  }
  const good = next('?errorCode=E394&wasHelpful=false');
  assert.equal((await call('GET', good, undefined, { origin: 'https://evil.example' })).status, 403);
  assert.equal((await call('GET', good, undefined, { 'sec-fetch-site': 'cross-site' })).status, 403, 'an image of another site');
  assert.equal((await call('GET', next(`?errorCode=${encodeURIComponent('/home/alice/secret')}&wasHelpful=true`), undefined, {})).status, 422);
  assert.deepEqual(desk.events(), []);
  assert.equal((await call('GET', good, undefined, { origin: `http://${host}` })).status, 204);
  assert.equal((await call('GET', good, undefined, {})).status, 409);
  assert.equal((await call('POST', next(`?errorCode=${CODE}&wasHelpful=true`), undefined, {})).status, 204);
  assert.deepEqual(desk.events().map(({ code, helpful }) => [code, helpful]), [['E394', false], [CODE, true]]);
  const off = new Desk(t, list);
  off.variables.DO_NOT_TRACK = '1';
  assert.equal((await (await serve(t, off, { dialect: 'nextjs' })).call('GET', good, undefined, {})).status, 403);
});

test('every other request is passed on', async (t) => {
  const { call } = await serve(t, new Desk(t));
  for (const path of ['/', '/__aboveboard', '/__aboveboard/feedback/x', `/x?y=${PATH}`]) {
    assert.deepEqual([(await call('GET', path)).status, (await call('GET', path)).body], [404, 'not ours'], path);
  }
});
