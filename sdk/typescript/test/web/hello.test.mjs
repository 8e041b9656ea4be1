// The example as it stands, served by Vite in development, and built for production.

import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build, createServer } from 'vite';
import { kept, root, startAcmeUi, startProfile, until } from './stage.mjs';

let collector, folder, server, profile;

before(async () => {
  [collector, profile, folder] = await Promise.all([startAcmeUi(), startProfile(), mkdtemp(join(import.meta.dirname, 'node_modules/.hello-'))]);
  const isOwn = (path) => !path.includes('node_modules', root.length);
  await cp(join(root, 'examples/hello-react'), folder, { recursive: true, filter: isOwn });
});

after(async () => {
  await server?.close();
  await Promise.all([collector?.stop(), profile?.remove(), rm(folder, { recursive: true, force: true })]);
});

test('the first page tells, the next one reports, and the collector answers the numbers', async () => {
  process.env.VITE_ACME_UI_TELEMETRY_ENDPOINT = collector.origin;
  // The development server itself says nothing, and leaves nothing at home.
  process.env.ACME_UI_TELEMETRY_DISABLED = '1';
  server = await createServer({ root: folder, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  await server.listen();
  const browser = await profile.launch();
  const page = await browser.newPage();
  const told = [];
  page.on('console', (line) => line.type() === 'info' && told.push(line.text()));
  const visit = async () => {
    await page.goto(server.resolvedUrls.local[0]);
    await page.getByRole('button', { name: 'Export' }).click();
  };
  await visit();
  await until('people are told', () => told.some((line) => line.includes('https://acme.example/ui/telemetry')));
  assert.deepEqual(await kept(collector), {});
  await visit();
  await page.close();
  await until('two events arrive', async () => Object.keys(await kept(collector)).length === 2);
  assert.deepEqual(await kept(collector), { component_mounted: 1, method_called: 1 });
  assert.deepEqual(await kept(collector, 'component_mounted.component,component_mounted.appearance'), { 'Table / true': 1 });
  assert.deepEqual(Object.keys(await kept(collector, 'version,react')), ['2.1.0 / 19.3.1']);
  await browser.close();
});

test('a variable that Vite lets through switches it off, and deletes what was kept', async () => {
  process.env.VITE_ACME_UI_TELEMETRY = '0';
  await server.close();
  server = await createServer({ root: folder, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  await server.listen();
  const browser = await profile.launch();
  const page = await browser.newPage();
  await page.addInitScript(() => (localStorage['aboveboard:acme-ui'] ??= '{}'));
  await page.goto(server.resolvedUrls.local[0]);
  await until('nothing is kept', () => page.evaluate(() => Object.keys(localStorage).length === 0));
  await browser.close();
});

test('a production build sends nothing and names no collector', async () => {
  // The server of the first test has left its mode behind.
  process.env.NODE_ENV = 'production';
  await build({ root: folder, logLevel: 'error' });
  const assets = join(folder, 'dist/assets');
  for (const file of await readdir(assets)) {
    const code = await readFile(join(assets, file), 'utf8');
    for (const trace of ['v1/batches', 'telemetry.acme.example', 'component_mounted']) assert.ok(!code.includes(trace), trace);
  }
});
