// The elements before a real collector with the catalogue of `acme`: what they say is kept, or turned away as it says.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { chromium } from 'playwright-core';
import { consentHtml } from 'aboveboard/elements';
import { consentHandler } from 'aboveboard/node';
import { startChromium } from '../../../../crates/server/tests/web/chromium.js';
import { startCollector } from '../../../../crates/server/tests/web/collector.js';
import { kept, root, until } from './stage.mjs';
import { policyOf, startSite, watched } from './site.mjs';

let collector, browser;

before(async () => {
  [collector, browser] = await Promise.all([startCollector(['--catalogs', join(root, 'catalogs')]), startChromium(chromium)]);
});

after(async () => {
  await browser?.close();
  await collector?.stop();
});

/** How often an event of `acme` is kept. */
const keptOf = async (event) => (await kept(collector, 'event', 'acme'))[event] ?? 0;

/** A visitor of a page under the policy of that page. */
async function visit({ element, body, answers, types }) {
  const site = await startSite({ element, script: `import 'aboveboard/elements/${element}'`, page: () => `<main><h1>Acme</h1>${body}</main>`, answers, policy: policyOf(collector.origin, types) });
  const opened = await watched(browser);
  await opened.page.goto(site.origin);
  const press = (name) => opened.page.getByRole('button', { name, exact: true }).locator('visible=true').first().click();
  return { ...opened, site, press, leave: async () => (await opened.context.close(), site.stop()) };
}

test('a vote from a docs page is kept where the error was met, and turned away where it never was', async () => {
  const day = new Date().toISOString().slice(0, 10);
  const events = [{ event: 'error_shown', fields: { code: 'ACME_DISK_FULL' } }];
  const shown = await fetch(`${collector.origin}/v1/batches`, { method: 'POST', body: JSON.stringify({ v: 1, id: '7'.repeat(32), tool: 'acme', day, events }) });
  assert.equal((await shown.json()).kept, 1);
  for (const [code, outcome, votes] of [['ACME_PORT_IN_USE', 'Not sent: vote_unfounded', 0], ['ACME_DISK_FULL', 'Sent. Thank you.', 1]]) {
    const body = `<error-feedback code="${code}" tool="acme" endpoint="${collector.origin}/v1/batches" surface="docs"></error-feedback>`;
    const { page, complaints, press, leave } = await visit({ element: 'error-feedback', body });
    await press('No');
    await press('message unclear');
    await page.getByRole('status').filter({ hasText: outcome }).waitFor();
    assert.deepEqual([await keptOf('feedback_given'), complaints], [votes, []]);
    await leave();
  }
});

test('a choice is kept as a record, sent by the page itself or passed on by its site', async () => {
  const address = `${collector.origin}/v1/consent?tool=acme`;
  const choose = consentHandler({ collector: address });
  const answers = (request, response) => request.url === '/consent' && (choose(request, response, assert.fail), true);
  for (const [action, expected] of [[address, 1], ['/consent', 2]]) {
    const { page, complaints, press, leave } = await visit({ element: 'consent-banner', body: consentHtml({ version: 3, action, policy: '/privacy' }), answers, types: 'aboveboard-consent' });
    await press('Accept all');
    await until('it is kept', async () => (await keptOf('consent_chosen')) === expected);
    assert.deepEqual([await page.evaluate(() => consent.ready()), complaints], [{ essential: true, marketing: true, analytics: true, functional: true }, []]);
    await leave();
  }
});
