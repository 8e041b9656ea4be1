// The journey of an error in the example: raised on the development server, shown in the page with its code, answered by
// a developer, and counted by a real collector.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { kept, root, startAcmeUi, until } from './stage.mjs';

const CODE = 'ACME_UI_THEME_MISSING';
const SERVE = `
  import { createServer } from 'vite';
  const server = await createServer({ root: process.env.ROOT, server: { port: 0, host: '127.0.0.1' }, logLevel: 'error' });
  await server.listen();
  process.on('SIGTERM', () => process.exit());
  console.log(server.resolvedUrls.local[0]);
`;

let browser, collector, folder, home;

before(async () => {
  [browser, collector, folder, home] = await Promise.all([
    startChromium(chromium),
    startAcmeUi(),
    mkdtemp(join(import.meta.dirname, 'node_modules/.overlay-')),
    mkdtemp(join(tmpdir(), 'aboveboard-')),
  ]);
  const isOwn = (path) => !path.includes('node_modules', root.length);
  await cp(join(root, 'examples/hello-react'), folder, { recursive: true, filter: isOwn });
  await rm(join(folder, 'theme.json'));
});

after(async () => {
  await Promise.all([browser?.close(), collector?.stop()]);
  for (const path of [folder, home]) await rm(path, { recursive: true, force: true, maxRetries: 10 });
});

/** The development server of somebody, in a process of its own, that sends when it ends. */
async function develop(variables) {
  // It says that it is no container, for containers send otherwise.
  const env = { PATH: process.env.PATH, ROOT: folder, HOME: home, container: 'no', ACME_UI_TELEMETRY_ENDPOINT: collector.origin, ...variables };
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVE], { cwd: import.meta.dirname, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  child.stderr.on('data', (chunk) => (printed += chunk));
  const [line] = await new Promise((found) => createInterface(child.stdout).on('line', (...line) => found(line)));
  const stop = () => new Promise((done) => (child.once('exit', done), child.kill('SIGTERM')));
  return { origin: line.replace(/\/$/, ''), stop, printed: () => printed };
}

/** The page of the app, with its overlay. */
async function visit(server) {
  const page = await browser.newPage();
  await page.goto(server.origin);
  const overlay = page.getByRole('alert');
  await overlay.getByRole('heading', { name: 'no theme.json was found beside package.json' }).waitFor();
  return { page, overlay, button: (name) => overlay.getByRole('button', { name, exact: true }) };
}

test('a developer votes in the overlay, and the vote is counted by its code and surface', async () => {
  const server = await develop({ ACME_UI_TELEMETRY: 'on' });
  const { page, overlay, button } = await visit(server);
  assert.match(await overlay.textContent(), /Write a `theme.json` beside/);
  await overlay.getByText('What gets sent').click();
  assert.match(await overlay.locator('pre').textContent(), new RegExp(`"code":"${CODE}"`));
  await button('No').click();
  await button('wrong cause').click();
  await overlay.getByText('Sent. Thank you.').waitFor();
  await page.close();
  await server.stop();
  const votes = () => kept(collector, 'feedback_given.code,feedback_given.surface');
  await until('the vote arrives', async () => Object.keys(await votes()).length > 0);
  assert.deepEqual(await votes(), { [`${CODE} / overlay`]: 1 });
  assert.deepEqual(await kept(collector, 'feedback_given.code,feedback_given.reason'), { [`${CODE} / wrong_cause`]: 1 });
  assert.equal((await kept(collector, 'error_shown.code'))[CODE], 2, 'React mounts twice where somebody develops');
});

test('whoever switched it off sees why, and nothing is sent', async () => {
  const server = await develop({ DO_NOT_TRACK: '1' });
  const { page, overlay, button } = await visit(server);
  await overlay.getByText('DO_NOT_TRACK=1 in the environment').waitFor();
  await button('Yes').click({ force: true });
  assert.equal(await button('Yes').getAttribute('aria-disabled'), 'true');
  await page.close();
  await server.stop();
});

test('the example of each page is what the development server prints', async () => {
  const server = await develop({ ACME_UI_TELEMETRY: '0' });
  const pages = join(folder, 'catalogs/acme-ui/errors');
  for (const name of (await readdir(pages)).sort().reverse()) {
    const [, block] = /```console\n([^]*?)```/.exec(await readFile(join(pages, name), 'utf8'));
    const [prepare, start, ...said] = block.trimEnd().split('\n');
    assert.equal(start, '$ npm run dev', 'which runs already');
    assert.equal(spawnSync('sh', ['-c', prepare.slice(2)], { cwd: folder }).status, 0);
    await fetch(`${server.origin}/__acme-ui/theme`);
    const last = () => server.printed().replaceAll(/\x1b\[\d+m/g, '').trimEnd().split('\n').slice(-said.length);
    await until('it is printed', () => last().join() === said.join());
  }
  await server.stop();
});

test('what is mended is shown no more', async () => {
  await writeFile(join(folder, 'theme.json'), '{}');
  const server = await develop({ ACME_UI_TELEMETRY: '0' });
  const page = await browser.newPage();
  const asked = page.waitForResponse((response) => response.url().endsWith('/__acme-ui/theme'));
  await page.goto(server.origin);
  assert.deepEqual(await (await asked).json(), { theme: {} });
  assert.equal(await page.getByRole('alert').count(), 0);
  await page.close();
  await server.stop();
});
