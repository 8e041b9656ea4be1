// A real Next.js, with an app router and a pages router: what a library that adopts aboveboard says from its development
// server, and that a build for production holds no byte of it.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { createInterface } from 'node:readline';
import { kept, startAcmeUi, startProfile, wayTo } from '../web/stage.mjs';

const TRACES = ['aboveboard', 'v1/batches', 'component_mounted', 'telemetry.acme.example'];
const site = join(import.meta.dirname, 'built');
const program = join(import.meta.dirname, 'node_modules/next/dist/bin/next');

let collector, way, profile, browser;

before(async () => {
  [collector, profile] = await Promise.all([startAcmeUi(), startProfile()]);
  way = await wayTo(collector.origin);
  browser = await profile.launch();
});

after(async () => {
  await browser?.close();
  await Promise.all([way?.stop(), collector?.stop(), profile?.remove()]);
});

/** Starts `next`, whose own telemetry is off, and which sends ours here. Nobody was told: the variable is the only yes. */
function next(...words) {
  const { NODE_ENV: _, ...surroundings } = process.env;
  const ours = { NEXT_PUBLIC_ACME_UI_TELEMETRY: 'on', NEXT_PUBLIC_ACME_UI_TELEMETRY_ENDPOINT: way.origin };
  const env = { ...surroundings, NEXT_TELEMETRY_DISABLED: '1', ...ours };
  return spawn(process.execPath, [program, ...words], { cwd: site, env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Serves the app: where, once it says so, and how to end it. */
async function served(t, command) {
  const server = next(command, '--port', '0', '--hostname', '127.0.0.1');
  const ended = once(server, 'exit');
  t.after(() => (server.kill(), ended));
  server.stderr.resume();
  for await (const line of createInterface(server.stdout)) {
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
    // A server that nobody listens to stands still sooner or later.
    if (origin) return server.stdout.resume(), origin;
  }
  throw new Error(`\`next ${command}\` serves nothing`);
}

/** Looks at a page until nothing more is asked of a network, and so many things are marked as said today. */
async function looked(origin, path, text, said = 0) {
  const page = await browser.newPage();
  // A development server compiles a page when it is asked for, and a busy machine takes its time.
  page.setDefaultTimeout(240_000);
  const problems = [];
  page.on('pageerror', (error) => problems.push(`${error}`));
  await page.goto(`${origin}${path}`, { waitUntil: 'networkidle' });
  await page.getByText(text).waitFor();
  if (said > 0) await page.waitForFunction((said) => JSON.parse(localStorage['aboveboard:acme-ui'] ?? '{}').said?.length === 1 + said, said);
  const rendered = await (await fetch(`${origin}${path}`)).text();
  assert.ok(rendered.includes(text), 'rendered by the server');
  const entries = await page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('aboveboard')));
  await page.close();
  return { problems, entries };
}

test('its types hold, and a build for production neither holds a byte of it nor says a word', async (t) => {
  const build = next('build');
  const heard = [];
  for (const stream of [build.stdout, build.stderr]) stream.on('data', (text) => heard.push(text));
  const [code] = await once(build, 'exit');
  assert.equal(code, 0, heard.join(''));
  const folder = join(site, '.next/static');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.js'));
  const scripts = files.map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.ok(scripts.some((text) => text.includes('of the pages router')));
  for (const trace of TRACES) assert.ok(!scripts.some((text) => text.includes(trace)), `${trace} is in production`);
  const origin = await served(t, 'start');
  for (const [path, text] of [['/', 'of the app router'], ['/older', 'of the pages router']]) {
    assert.deepEqual(await looked(origin, path, text), { problems: [], entries: [] });
  }
  assert.deepEqual(way.requests, []);
});

test('its development server says which router and version it is, and what is mounted', async (t) => {
  const origin = await served(t, 'dev');
  const { version } = JSON.parse(readFileSync(join(program, '../../../package.json'), 'utf8'));
  const by = 'framework_found.router,framework_found.framework_version';
  for (const [path, router, said] of [['/', 'app', 2], ['/older', 'pages', 4]]) {
    const { problems, entries } = await looked(origin, path, `of the ${router} router`, said);
    assert.deepEqual([problems, entries], [[], ['aboveboard:acme-ui']]);
    assert.equal((await kept(collector, by))[`${router} / ${version}`], 1);
  }
  assert.deepEqual(await kept(collector, 'component_mounted.component,component_mounted.appearance'), { 'Table / true': 1, 'Table / false': 1 });
});
