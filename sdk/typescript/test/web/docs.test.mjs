// The pages that `aboveboard errors docs` writes for the site of a tool, every one in a real browser: what they promise
// about themselves holds, and a vote from one arrives in a real collector, with script and without.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';
import { faults, isTooWide, watched } from './site.mjs';
import { bundle, kept, listen, root } from './stage.mjs';

const CODE = 'ACME_DISK_FULL';
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };
const ENDPOINT = 'https://telemetry.acme.example';

let browser, collector, folder, site, pages;

before(async () => {
  [browser, collector, folder] = await Promise.all([startChromium(chromium), startCollector(), mkdtemp(join(tmpdir(), 'aboveboard-docs-'))]);
  const [catalog, out] = [join(folder, 'acme'), join(folder, 'site')];
  await cp(join(root, 'catalogs/acme'), catalog, { recursive: true });
  const file = join(catalog, 'catalog.toml');
  await writeFile(file, (await readFile(file, 'utf8')).replace(ENDPOINT, collector.origin));
  const words = ['errors', 'docs', '--catalog', catalog, '--out', out, '--script', '/error-feedback.js'];
  const wrote = spawnSync(process.env.ABOVEBOARD_BINARY, words, { env: {}, encoding: 'utf8' });
  assert.equal(wrote.status, 0, wrote.stderr);
  await writeFile(join(out, 'error-feedback.js'), bundle("import 'aboveboard/elements/error-feedback'", { minify: true }));
  pages = (await readdir(out)).filter((name) => name.endsWith('.html'));
  site = await listen(async ({ url }, response) => {
    const text = await readFile(join(out, new URL(url, 'http://site').pathname)).catch(() => undefined);
    response.writeHead(text ? 200 : 404, { 'content-type': TYPES[url.split('.').pop()] ?? 'text/plain' }).end(text);
  });
});

after(async () => {
  await browser?.close();
  await Promise.all([site?.stop(), collector?.stop()]);
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** An error that somebody met, without which no vote on its text counts. */
async function met(id) {
  const batch = { v: 1, id: id.repeat(32), tool: 'acme', day: new Date().toISOString().slice(0, 10), events: [{ event: 'error_shown', fields: { code: CODE } }] };
  const answer = await fetch(`${collector.origin}/v1/batches`, { method: 'POST', body: JSON.stringify(batch) });
  assert.equal((await answer.json()).kept, 1);
}

const votes = async () => (await kept(collector, 'event', 'acme')).feedback_given ?? 0;

for (const options of [{}, { viewport: { width: 390, height: 844 }, colorScheme: 'dark' }, { viewport: { width: 320, height: 256 }, javaScriptEnabled: false }]) {
  test(`every page keeps its policy, has no fault that axe knows, and leads somewhere: ${JSON.stringify(options)}`, async () => {
    const { context, page, complaints } = await watched(browser, options);
    const links = new Set();
    const asked = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    assert.ok(pages.length > 12);
    for (const name of pages) {
      await page.goto(`${site.origin}/${name}`);
      const found = options.javaScriptEnabled === false ? [] : await faults(page);
      assert.deepEqual([name, found, await isTooWide(page)], [name, [], false]);
      for (const link of await page.getByRole('link').all()) links.add(new URL(await link.getAttribute('href'), page.url()).href);
      if (process.env.PICTURES && name.startsWith(CODE)) await page.screenshot({ fullPage: true, path: `${process.env.PICTURES}/docs-${JSON.stringify(options).replace(/\W+/g, '-')}.png` });
    }
    for (const link of links) assert.equal((await fetch(link)).status, 200, link);
    const isOwn = (path) => pages.includes(path.slice(1)) || ['/style.css', '/error-feedback.js'].includes(path);
    assert.deepEqual([complaints, asked.filter((path) => !isOwn(path))], [[], []]);
    await context.close();
  });
}

test('a vote on a page arrives; without script a link leads to the form of the collector', async () => {
  await met('1');
  const { context, page, complaints } = await watched(browser);
  await page.goto(`${site.origin}/${CODE}.html`);
  assert.equal(await page.getByRole('link', { name: 'Was this helpful?' }).count(), 0, 'the question itself stands there');
  await page.getByRole('button', { name: 'No' }).click();
  await page.getByRole('button', { name: 'wrong cause' }).click();
  await page.getByText('Sent. Thank you.').waitFor();
  assert.deepEqual([await votes(), complaints], [1, []]);
  await context.close();

  await met('2');
  const plain = await watched(browser, { javaScriptEnabled: false });
  await plain.page.goto(`${site.origin}/${CODE}.html`);
  await plain.page.getByRole('link', { name: 'Was this helpful?' }).click();
  await plain.page.getByRole('button', { name: 'It helped' }).click();
  await plain.page.getByText('Thank you: your vote was counted.').waitFor();
  assert.equal(await votes(), 2);
  await plain.context.close();
});
